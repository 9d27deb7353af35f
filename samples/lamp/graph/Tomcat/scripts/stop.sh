#!/bin/bash
# Stops Tomcat; waits until it is gone.
set -eu
. ./settings.sh

for ((i = 0; i < 150; i++)); do
	running || break
	kill -TERM "$(cat "$CATALINA_PID")" 2>/dev/null || true
	sleep 0.2
done
if running; then
	echo "does not stop: process $(cat "$CATALINA_PID")" >&2
	exit 1
fi
rm -f "$CATALINA_PID"
