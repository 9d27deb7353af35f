#!/bin/bash
# Sourced by the recipes of Tomcat. base and port are exported by the component: see main.graph.

export CATALINA_HOME=/usr/share/tomcat10
export CATALINA_BASE=$base
export CATALINA_PID=$base/tomcat.pid
export CATALINA_OPTS="-Dlamp.port=$port -Djava.awt.headless=true -Xmx128m"

running() { [ -s "$CATALINA_PID" ] && kill -0 "$(cat "$CATALINA_PID")" 2>/dev/null; }

listens() { (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }
