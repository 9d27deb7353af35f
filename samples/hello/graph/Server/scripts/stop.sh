#!/bin/bash
# Stops serving.
set -eu

if [ -s ../pid ]; then
	kill "$(cat ../pid)" 2>/dev/null || true
	rm -f ../pid
fi
