#!/bin/sh
# tcp:192.0.2.100:80
# Takes back what the script of holdfast kit did for the service above. Run it as root.
service='tcp-192.0.2.100-80'
set -eu
umask 022
state=/var/lib/holdfast-kit
mine=$state/service-$service
PATH=/usr/sbin:/usr/bin:/sbin:/bin

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }
[ "$(id -u)" = 0 ] || stop 'run this as root'
command -v ip >/dev/null || stop 'the command ip is missing: install iproute2'

[ -e "$mine" ] || { say "$service: nothing to take back"; exit 0; }

# What another service of a kit still needs stays.
last() { [ "$(cat "$state"/service-* | grep -cxF -e "$1")" = 1 ]; }
was() { awk -v k="$1" -v w="$2" '$1 == k && $2 == w { sub(/^[^ ]+ [^ ]+ /, ""); print; exit }' "$state/before"; }
forget() {
	awk -v k="$1" -v w="$2" '!($1 == k && $2 == w)' "$state/before" >"$state/before.new"
	mv "$state/before.new" "$state/before"
}

for kind in file address fou device setting; do
	while read -r k what; do
		if [ "$k" != "$kind" ] || ! last "$k $what"; then continue; fi
		case $k in
		file) rm -f "$what" ;;
		address) ip address delete "$what" dev lo 2>/dev/null || : ;;
		fou)
			# shellcheck disable=SC2086 # its words
			ip fou del $what || :
			;;
		device)
			[ "$(was "$k" "$what")" = up ] || ip link set dev "$what" down 2>/dev/null || :
			forget "$k" "$what"
			;;
		setting)
			path=/proc/sys/$(printf '%s' "$what" | tr . /)
			[ ! -e "$path" ] || was "$k" "$what" >"$path"
			forget "$k" "$what"
			;;
		esac
	done <"$mine"
done
rm -f "$mine"
ls "$state"/service-* >/dev/null 2>&1 || rm -rf "$state"

# Then, on the director: holdfast verify.
say 'ok: tcp-192.0.2.100-80'
