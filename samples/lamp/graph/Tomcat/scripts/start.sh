#!/bin/bash
# Starts Tomcat; waits until it listens.
set -eu
. ./settings.sh

if ! running; then
	runuser -u tomcat -- "$CATALINA_HOME/bin/catalina.sh" start
fi
for ((i = 0; i < 300; i++)); do
	if listens; then
		echo "listens on port $port"
		exit 0
	fi
	running || break
	sleep 0.2
done
tail -n 20 "$base/logs/catalina.out" >&2
exit 1
