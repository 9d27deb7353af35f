#!/bin/bash
# Serves the page.
set -eu

if [ -s ../pid ] && kill -0 "$(cat ../pid)" 2>/dev/null; then
	exit 0
fi
setsid python3 -m http.server --directory ../site "$port" </dev/null >../log 2>&1 &
echo $! >../pid
echo "listens on ${ip:-localhost}, port $port"
