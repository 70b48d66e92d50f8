#!/bin/sh
# tcp:192.0.2.100:80
# Readies this real server for the packets of the service above. Run it as root on each
# real server; to run it again does no harm. It keeps what it changes, for the script
# that holdfast kit --undo makes.
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

# Nothing is changed where this cannot work.
elsewhere=$(ip -o address show to 192.0.2.100/32 | awk '$2 != "lo" { print $2; exit }')
[ -z "$elsewhere" ] || stop "192.0.2.100: $elsewhere: this interface has the address and would announce it; take it off there first"

# What was there before is kept in /var/lib/holdfast-kit.
mkdir -p "$state"
touch "$state/before" "$mine"

# need KIND WHAT
need() { grep -qxF -e "$*" "$mine" || printf '%s\n' "$*" >>"$mine"; }

# before KIND WHAT VALUE
before() {
	grep -qF -e "$1 $2 " "$state/before" || printf '%s\n' "$*" >>"$state/before"
}

# setting NAME VALUE
setting() {
	path=/proc/sys/$(printf '%s' "$1" | tr . /)
	before setting "$1" "$(cat "$path")"
	need setting "$1"
	[ "$(cat "$path")" = "$2" ] || printf '%s\n' "$2" >"$path"
}

# address ADDRESS/PREFIX: one that somebody else has put on lo stays theirs
address() {
	if [ -z "$(ip -o address show dev lo to "$1")" ]; then
		need address "$1"
		case $1 in
		*:*) ip address add "$1" dev lo nodad ;;
		*) ip address add "$1" dev lo ;;
		esac
	elif cat "$state"/service-* | grep -qxF -e "address $1"; then
		need address "$1"
	fi
}

# write PATH MODE: a file of the standard input
write() {
	mkdir -p "${1%/*}"
	cat >"$1.new"
	chmod "$2" "$1.new"
	mv "$1.new" "$1"
	need file "$1"
}

# Nobody may learn the address of the service from this machine: it answers ARP for the
# addresses of the interface alone (1), and asks in the name of those alone (2). Both come
# before the address.
setting net.ipv4.conf.all.arp_ignore 1
setting net.ipv4.conf.all.arp_announce 2

# The addresses of the service, on lo and with no net around them.
address 192.0.2.100/32

# The same after a reboot.
write /etc/sysctl.d/90-holdfast-kit-tcp-192.0.2.100-80.conf 644 <<'END'
net.ipv4.conf.all.arp_ignore = 1
net.ipv4.conf.all.arp_announce = 2
END

# systemd-networkd sets lo up; a file that does so already is added to.
lo=
for f in /etc/systemd/network/*.network /run/systemd/network/*.network /usr/lib/systemd/network/*.network; do
	if grep -qsx 'Name=lo' "$f"; then
		lo=${f##*/}
		break
	fi
done
case ${lo:=05-holdfast-kit-lo.network} in
05-holdfast-kit-lo.network)
	write /etc/systemd/network/05-holdfast-kit-lo.network 644 <<'END'
[Match]
Name=lo
END
	;;
esac
write "/etc/systemd/network/$lo.d/holdfast-kit-tcp-192.0.2.100-80.conf" 644 <<'END'
[Address]
Address=192.0.2.100/32
END

# Then, on the director: holdfast verify.
say 'ok: tcp-192.0.2.100-80'
