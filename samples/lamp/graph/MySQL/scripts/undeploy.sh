#!/bin/bash
# Removes the database with everything in it. The packages stay: another instance may use them.
set -eu
. ./settings.sh

./stop.sh
rm -rf "$base"
