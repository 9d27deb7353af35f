#!/bin/bash
# Brings Python and makes a page to serve. Running it again changes nothing.
set -eu

if ! command -v python3 >/dev/null; then
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3
fi
mkdir -p ../site
echo "Hello from $ROBOCONF_INSTANCE_PATH" >../site/index.html
