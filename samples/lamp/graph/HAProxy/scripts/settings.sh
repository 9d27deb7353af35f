#!/bin/bash
# Sourced by the recipes of HAProxy: where things are, how the configuration is made.

base=/var/lib/lamp/$ROBOCONF_CLEAN_INSTANCE_PATH
config=$base/haproxy.cfg
pid_file=$base/haproxy.pid

running() { [ -s "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null; }

# write_config lists the Tomcats that are there now. A configuration that HAProxy refuses never replaces a good one.
write_config() {
	local i name address tomcat_port
	{
		cat "$ROBOCONF_FILES_DIR/haproxy.cfg"
		printf '\nfrontend http\n\tbind *:%s\n\tdefault_backend tomcats\n' "$port"
		printf '\nbackend tomcats\n\tbalance roundrobin\n\toption httpchk GET /\n'
		for ((i = 0; i < ${Tomcat_size:-0}; i++)); do
			name=Tomcat_${i}_name address=Tomcat_${i}_ip tomcat_port=Tomcat_${i}_port
			printf '\tserver %s %s:%s check inter 1s fall 2 rise 1\n' \
				"$(tr -c 'A-Za-z0-9\n' _ <<<"${!name}")" "${!address}" "${!tomcat_port}"
		done
	} >"$config.new"
	haproxy -c -q -f "$config.new"
	mv "$config.new" "$config"
}
