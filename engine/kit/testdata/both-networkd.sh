#!/bin/sh
# group:web 'servers'?$(reboot)
# Readies this real server for the packets of the service above. Run it as root on each
# real server; to run it again does no harm. It keeps what it changes, for the script
# that holdfast kit --undo makes.
service='group-web--servers----reboot--17b32a76'
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
elsewhere=$(ip -o address show to 2001:db8::100/128 | awk '$2 != "lo" { print $2; exit }')
[ -z "$elsewhere" ] || stop "2001:db8::100: $elsewhere: this interface has the address and would announce it; take it off there first"

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

# device NAME MODULE: up, and as it was when that is undone
device() {
	modprobe -q "$2" || :
	ip link show dev "$1" >/dev/null 2>&1 || stop "$1: this kernel has no such tunnel"
	was=down
	[ -z "$(ip -o link show dev "$1" up)" ] || was=up
	before device "$1" "$was"
	need device "$1"
	ip link set dev "$1" up
}

# fou port NUMBER [-6]: GUE is taken on that port
fou() {
	if ip fou show | grep -q "port $2 gue"; then
		! cat "$state"/service-* | grep -qxF -e "fou $*" || need fou "$*"
	else
		ip fou add "$@" gue
		need fou "$*"
	fi
}

# Nobody may learn the address of the service from this machine: it answers ARP for the
# addresses of the interface alone (1), and asks in the name of those alone (2). Both come
# before the address.
setting net.ipv4.conf.all.arp_ignore 1
setting net.ipv4.conf.all.arp_announce 2

# What takes packets out of their tunnel. Their senders are reached another way, so the
# check of the reverse path is loose there (2) and stays as it is elsewhere.
device tunl0 ipip
setting net.ipv4.conf.tunl0.rp_filter 2
device sit0 sit
device ip6tnl0 ip6_tunnel
ip -6 tunnel change ip6tnl0 mode any
setting net.ipv4.conf.ip6tnl0.rp_filter 2
modprobe -q fou || :
fou port 6080

# The addresses of the service, on lo and with no net around them.
address 192.0.2.100/32
address 2001:db8::100/128

# The same after a reboot.
write /etc/sysctl.d/90-holdfast-kit-group-web--servers----reboot--17b32a76.conf 644 <<'END'
net.ipv4.conf.all.arp_ignore = 1
net.ipv4.conf.all.arp_announce = 2
-net.ipv4.conf.tunl0.rp_filter = 2
-net.ipv4.conf.ip6tnl0.rp_filter = 2
END
write /etc/modules-load.d/holdfast-kit-group-web--servers----reboot--17b32a76.conf 644 <<'END'
ipip
sit
ip6_tunnel
fou
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
write "/etc/systemd/network/$lo.d/holdfast-kit-group-web--servers----reboot--17b32a76.conf" 644 <<'END'
[Address]
Address=192.0.2.100/32
[Address]
Address=2001:db8::100/128
DuplicateAddressDetection=none
END
write /etc/systemd/network/05-holdfast-kit-tunl0.network 644 <<'END'
[Match]
Name=tunl0

[Link]
RequiredForOnline=no

[Network]
LinkLocalAddressing=no
END
write /etc/systemd/network/05-holdfast-kit-sit0.network 644 <<'END'
[Match]
Name=sit0

[Link]
RequiredForOnline=no

[Network]
LinkLocalAddressing=no
END
write /etc/systemd/network/05-holdfast-kit-ip6tnl0.network 644 <<'END'
[Match]
Name=ip6tnl0

[Link]
RequiredForOnline=no

[Network]
LinkLocalAddressing=no
END
write /etc/systemd/network/05-holdfast-kit-fou-6080.netdev 644 <<'END'
[NetDev]
Name=fou-6080
Kind=fou

[FooOverUDP]
Encapsulation=GenericUDPEncapsulation
Port=6080
END

# Then, on the director: holdfast verify.
say 'ok: group-web--servers----reboot--17b32a76'
