#!/bin/bash
# Removes the folder of this instance. The packages stay: another instance may use them.
set -eu
. ./settings.sh

./stop.sh
rm -rf "$base"
