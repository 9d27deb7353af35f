#!/bin/bash
# A Tomcat came or went: HAProxy reads its configuration again, no connection is lost.
set -eu
. ./settings.sh

write_config
if running; then
	kill -USR2 "$(cat "$pid_file")"
fi
echo "${ROBOCONF_IMPORT_CHANGED_INSTANCE_PATH:-something} is ${ROBOCONF_UPDATE_STATUS:-other}: ${Tomcat_size:-0} Tomcat(s) behind"
