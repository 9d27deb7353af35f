#!/bin/bash
# Starts MariaDB; waits until it answers; makes the application's database when it is not there.
set -eu
. ./settings.sh

if ! running; then
	setsid mariadbd --no-defaults --user=mysql --datadir="$base/data" --socket="$socket" --pid-file="$pid_file" \
		--port="$port" --bind-address=0.0.0.0 </dev/null >"$base/mysql.log" 2>&1 &
fi
for ((i = 0; i < 300; i++)); do
	if sql --execute='SELECT 1' >/dev/null 2>&1; then break; fi
	sleep 0.2
done
sql <<END || { tail -n 20 "$base/mysql.log" >&2; exit 1; }
CREATE DATABASE IF NOT EXISTS \`$database\` CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS '$user'@'%';
GRANT SELECT, INSERT ON \`$database\`.* TO '$user'@'%';
END
sql "$database" <"$ROBOCONF_FILES_DIR/guestbook.sql"
echo "listens on port $port"
