#!/bin/bash
# Installs Tomcat and makes a folder for this instance. Running it again changes nothing.
set -eu
. ./settings.sh

if [ ! -x "$CATALINA_HOME/bin/catalina.sh" ]; then
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends tomcat10-common
fi
getent passwd tomcat >/dev/null || useradd --system --no-create-home --shell /usr/sbin/nologin tomcat

mkdir -p "$base"/{conf/Catalina/localhost,logs,temp,webapps,work,apps}
cp "$ROBOCONF_FILES_DIR"/{server,web}.xml "$base/conf/"
chown -R tomcat: "$base"
