#!/bin/bash
# Sourced by the recipes of MySQL. port, database and user are exported by the component: see database.graph.

base=/var/lib/lamp/$ROBOCONF_CLEAN_INSTANCE_PATH
socket=$base/mysql.sock
pid_file=$base/mysql.pid

running() { [ -s "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null; }

# sql runs statements as the administrator, who needs no password on this machine's socket.
sql() { mariadb --no-defaults --socket="$socket" --user=root "$@"; }
