#!/bin/bash
# Installs HAProxy. Running it again changes nothing.
set -eu
. ./settings.sh

if ! command -v haproxy >/dev/null; then
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends haproxy
fi
mkdir -p "$base"
