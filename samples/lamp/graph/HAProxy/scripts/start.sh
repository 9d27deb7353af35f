#!/bin/bash
# Starts HAProxy in front of the Tomcats that are there.
set -eu
. ./settings.sh

write_config
if running; then
	kill -USR2 "$(cat "$pid_file")"
	echo "already running: the configuration was read again"
	exit 0
fi
haproxy -W -D -f "$config" -p "$pid_file"
echo "listens on port $port, ${Tomcat_size:-0} Tomcat(s) behind"
