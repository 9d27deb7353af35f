#!/bin/bash
# Puts the application's files beside its Tomcat, with the driver for the database. Nothing is loaded yet.
set -eu
. ./settings.sh

driver=/usr/share/java/mariadb-java-client.jar
if [ ! -e "$driver" ]; then
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends libmariadb-java
fi
rm -rf "$app"
mkdir -p "$app/WEB-INF/lib"
cp -r "$ROBOCONF_FILES_DIR/guestbook/." "$app/"
cp -L "$driver" "$app/WEB-INF/lib/"
chmod -R a+rX "$app"
