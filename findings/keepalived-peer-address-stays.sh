#!/bin/sh
# keepalived-peer-address-stays.sh - keepalived 2.2.7 leaves an IPv4 address with peer on the
# interface when it ends in an orderly way.
#
# virtual_ipaddress takes the other end of an address behind peer. A master puts such an
# address on, and takes it off again when it becomes a backup or ends: so it is with one of
# IPv6, and with all that have no peer. One of IPv4 with peer stays, although keepalived
# says nothing of it, and the router that takes over has the address as well. The kernel
# deletes the address of a pair only where both ends are named.
#
# The packages of Debian 12 (amd64) are downloaded and unpacked into a temporary folder;
# nothing is installed. keepalived runs in a network namespace made for it, on one end of a
# veth pair, and ip lists the addresses there while it is master and after SIGTERM. This is outside CI: it needs root and a
# package mirror, and takes some twenty seconds.
#
# Exit codes: 0 it behaves as described, 1 it does not any more, 2 it cannot be seen here.
set -eu

version=2.2.7
packages='keepalived=1:2.2.7-1+b2 libnl-3-200=3.7.0-0.2+b1 libnl-genl-3-200=3.7.0-0.2+b1
libnftnl11=1.2.4-2 libmnl0=1.0.4-3 libsnmp40=5.9.3+dfsg-2+deb12u1 libpci3=1:3.9.0-4 libwrap0=7.6.q-32'

# One row a run: an address as the text has it, what ip lists of it while keepalived is
# master, and what it lists after the end.
rows() {
	cat <<'ROWS'
192.0.2.100|192.0.2.100/32|none
192.0.2.100/24|192.0.2.100/24|none
192.0.2.100 peer 198.51.100.9|192.0.2.100 peer 198.51.100.9/32|192.0.2.100 peer 198.51.100.9/32
2001:db8::100|2001:db8::100/128|none
2001:db8::100 peer 2001:db8::9|2001:db8::100 peer 2001:db8::9/128|none
ROWS
}

cannot() {
	echo "cannot be seen here: $*" >&2
	exit 2
}

[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || cannot "the packages are those of Debian 12 for amd64"
[ "$(id -u)" = 0 ] || cannot "network namespaces need root"
for tool in apt-get dpkg-deb timeout ip awk; do
	command -v "$tool" >/dev/null || cannot "$tool is missing"
done

folder=$(mktemp -d /tmp/finding.XXXXXX)
speaker=speaker$$ pid=
finish() {
	[ -z "$pid" ] || { kill "$pid" 2>/dev/null || :; wait "$pid" 2>/dev/null || :; }
	ip netns del "$speaker" 2>/dev/null || :
	rm -rf "$folder"
}
trap finish EXIT
trap 'exit 2' HUP INT PIPE TERM

# download gets all packages, in exactly these versions.
download() {
	(cd "$folder/packages" && timeout 120 apt-get -qq -o APT::Sandbox::User=root download $packages) >"$folder/apt" 2>&1
}

mkdir "$folder/packages" "$folder/root"
download || { timeout 120 apt-get -qq update >/dev/null 2>&1 && download; } || { cat "$folder/apt" >&2; cannot "the packages are not to be had"; }
for want in $packages; do
	got=
	for deb in "$folder/packages/${want%%=*}"_*.deb; do
		got=$(dpkg-deb -f "$deb" Version)
		dpkg-deb -x "$deb" "$folder/root"
	done
	[ "$got" = "${want#*=}" ] || cannot "${want%%=*} is $got"
done
export LD_LIBRARY_PATH=$folder/root/usr/lib/x86_64-linux-gnu:$folder/root/lib/x86_64-linux-gnu
keepalived=$folder/root/usr/sbin/keepalived
"$keepalived" --version >"$folder/version" 2>&1 || { cat "$folder/version" >&2; cannot "keepalived does not start"; }
grep -q "^Keepalived v$version " "$folder/version" || cannot "keepalived is not $version"

ip netns add "$speaker" || cannot "no network namespaces"
ip -n "$speaker" link add eth0 type veth peer name eth1
for link in lo eth0 eth1; do
	ip -n "$speaker" link set "$link" up
done
ip -n "$speaker" address add 192.0.2.1/24 dev eth0
ip -n "$speaker" address add 2001:db8::1/64 dev eth0 nodad

# there prints the address of a row as ip lists it, or none.
there() {
	ip -n "$speaker" -o address show dev eth0 | awk -v want="$1" '
		$4 == want || index($4, want "/") == 1 { print $4 ($5 == "peer" ? " peer " $6 : ""); found = 1 }
		END { if (!found) print "none" }'
}

echo "keepalived $version: an address while it is master, and after its orderly end"
echo
n=0 different=0
rows >"$folder/rows"
while IFS='|' read -r words during after <&3; do
	n=$((n + 1))
	{
		echo "vrrp_instance VI_1 {"
		echo " interface eth0"
		echo " virtual_router_id 51"
		echo " version 3"
		echo " advert_int 0.2"
		echo " virtual_ipaddress {"
		echo "  $words"
		echo " }"
		echo "}"
	} >"$folder/conf"
	ip netns exec "$speaker" "$keepalived" --dont-fork --log-console --vrrp --use-file "$folder/conf" \
		--pid "$folder/pid" --vrrp_pid "$folder/vrrp" >"$folder/said" 2>&1 &
	pid=$!
	for i in 1 2 3 4 5 6 7 8 9 10; do
		had=$(there "${words%%[ /]*}")
		[ "$had" = none ] || break
		sleep 0.5
	done
	[ "$had" != none ] || { cat "$folder/said" >&2; cannot "no address comes"; }
	kill "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
	pid=
	left=$(there "${words%%[ /]*}")
	ip -n "$speaker" address flush dev eth0 to "${words%%[ /]*}"
	mark=
	[ "$had|$left" = "$during|$after" ] || { mark=" <- different" different=$((different + 1)); }
	printf '%-32s %-40s %s%s\n' "$words" "$had" "$left" "$mark"
done 3<"$folder/rows"
echo
if [ $different != 0 ]; then
	echo "keepalived does not behave as described: $different of $n rows differ."
	exit 1
fi
echo "keepalived behaves as described in all $n rows."
