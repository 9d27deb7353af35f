#!/bin/bash
# Loads the application into Tomcat; waits until its page comes.
set -eu
. ./settings.sh

write_context
wait_for_answer
echo "reads $MySQL_0_database at $MySQL_0_ip:$MySQL_0_port"
