#!/bin/bash
# Removes the page.
set -eu

./stop.sh
rm -rf ../site ../log
