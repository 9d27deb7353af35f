#!/bin/bash
# Removes the application's files.
set -eu
. ./settings.sh

./stop.sh
rm -rf "$app"
