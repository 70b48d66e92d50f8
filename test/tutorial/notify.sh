#!/bin/bash
# The tutorial's notify script: a mail at each transition, by the node's own mail server.
virtual=172.16.1.100
recipient=root@localhost

case $1 in
master | backup | fault)
	echo "$(date '+%F %T'): vrrp transition, $(hostname) changed to be $1" |
		mail -s "$(hostname) to be $1: $virtual floating" "$recipient"
	;;
*)
	echo "usage: ${0##*/} master|backup|fault" >&2
	exit 1
	;;
esac
