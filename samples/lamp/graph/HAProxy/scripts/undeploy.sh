#!/bin/bash
# Removes what deploy and start made. The package stays: another instance may use it.
set -eu
. ./settings.sh

./stop.sh
rm -rf "$base"
