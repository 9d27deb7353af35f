#!/bin/bash
# Sourced by the recipes of GuestBook: it lives in the Tomcat that it was put on.

app=$ANCESTOR_Tomcat_base/apps/guestbook
context=$ANCESTOR_Tomcat_base/conf/Catalina/localhost/ROOT.xml

# write_context tells Tomcat where the application and its database are. Tomcat loads it, or loads it again.
write_context() {
	cat >"$context.new" <<END
<?xml version="1.0" encoding="UTF-8"?>
<Context docBase="$app">
  <Parameter name="database" value="jdbc:mariadb://$MySQL_0_ip:$MySQL_0_port/$MySQL_0_database?user=$MySQL_0_user"/>
  <Parameter name="where" value="$ROBOCONF_INSTANCE_PATH"/>
</Context>
END
	cmp -s "$context.new" "$context" || cp "$context.new" "$context"
	rm -f "$context.new"
}

# answers asks for the page itself: it is there when it could read the database.
answers() {
	(
		exec 3<>"/dev/tcp/127.0.0.1/$ANCESTOR_Tomcat_port"
		printf 'GET / HTTP/1.0\r\n\r\n' >&3
		head -n 1 <&3 | grep -q ' 200 '
	) 2>/dev/null
}

wait_for_answer() {
	local i
	for ((i = 0; i < 120; i++)); do
		if answers; then return 0; fi
		sleep 0.5
	done
	echo "the page does not come: see $ANCESTOR_Tomcat_base/logs" >&2
	return 1
}
