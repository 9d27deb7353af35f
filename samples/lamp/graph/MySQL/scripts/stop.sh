#!/bin/bash
# Stops MariaDB; waits until it has written everything.
set -eu
. ./settings.sh

for ((i = 0; i < 300; i++)); do
	running || break
	kill -TERM "$(cat "$pid_file")" 2>/dev/null || true
	sleep 0.2
done
if running; then
	echo "does not stop: process $(cat "$pid_file")" >&2
	exit 1
fi
rm -f "$pid_file"
