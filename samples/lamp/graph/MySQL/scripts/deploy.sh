#!/bin/bash
# Installs MariaDB and makes an empty database folder. Running it again keeps the data.
set -eu
. ./settings.sh

if ! command -v mariadbd >/dev/null; then
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends mariadb-server-core mariadb-client-core
fi
getent passwd mysql >/dev/null || useradd --system --no-create-home --shell /usr/sbin/nologin mysql

mkdir -p "$base"
chown mysql: "$base"
if [ ! -d "$base/data/mysql" ]; then
	mariadb-install-db --no-defaults --user=mysql --datadir="$base/data" --skip-test-db \
		--auth-root-authentication-method=socket >"$base/install.log"
fi
