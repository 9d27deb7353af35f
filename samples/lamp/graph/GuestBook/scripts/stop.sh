#!/bin/bash
# Takes the application out of Tomcat; its files stay.
set -eu
. ./settings.sh

rm -f "$context"
