#!/bin/sh
echo "$Database_0_ip"
