#!/bin/sh
# keepalived-version-behind-ipv6-address.sh - keepalived 2.2.7 heeds version 2 of an IPv6
# instance in front of its addresses only, and version 3 of an IPv4 instance anywhere.
#
# The version of VRRP is a word of the instance, and the order of such words does not
# matter otherwise. The first IPv6 address fixes version 3: "version 2" behind it is told
# as a conflict and ignored, and the instance sends version 3. In front of the addresses
# the same word is taken, and the adverts are those of version 2 over IPv6. A text whose
# words are sorted anew may so lose its peer, which speaks the other version.
#
# The packages of Debian 12 (amd64) are downloaded and unpacked into a temporary folder;
# nothing is installed. keepalived runs in a network namespace made for it, on one end of a
# veth pair; the other end, in a second namespace, hears its adverts. This is outside CI:
# it needs root and a package mirror, and takes some twenty seconds.
#
# Exit codes: 0 it behaves as described, 1 it does not any more, 2 it cannot be seen here.
set -eu

version=2.2.7
packages='keepalived=1:2.2.7-1+b2 libnl-3-200=3.7.0-0.2+b1 libnl-genl-3-200=3.7.0-0.2+b1
libnftnl11=1.2.4-2 libmnl0=1.0.4-3 libsnmp40=5.9.3+dfsg-2+deb12u1 libpci3=1:3.9.0-4 libwrap0=7.6.q-32'

# One row a run: family, words in front of the addresses, words behind them, and the
# version of its adverts.
rows() {
	cat <<'ROWS'
6|||3
6|version 2||2
6||version 2|3
6|version 3||3
4|||2
4|version 3||3
4||version 3|3
ROWS
}

cannot() {
	echo "cannot be seen here: $*" >&2
	exit 2
}

[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || cannot "the packages are those of Debian 12 for amd64"
[ "$(id -u)" = 0 ] || cannot "network namespaces need root"
for tool in apt-get dpkg-deb timeout ip python3; do
	command -v "$tool" >/dev/null || cannot "$tool is missing"
done

folder=$(mktemp -d /tmp/finding.XXXXXX)
speaker=speaker$$ hearer=hearer$$ pid=
finish() {
	[ -z "$pid" ] || { kill "$pid" 2>/dev/null || :; wait "$pid" 2>/dev/null || :; }
	ip netns del "$speaker" 2>/dev/null || :
	ip netns del "$hearer" 2>/dev/null || :
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

ip netns add "$speaker" && ip netns add "$hearer" || cannot "no network namespaces"
ip -n "$speaker" link add eth0 type veth peer name eth0 netns "$hearer"
n=1
for ns in "$speaker" "$hearer"; do
	ip -n "$ns" link set lo up
	ip -n "$ns" link set eth0 up
	ip -n "$ns" address add 192.0.2.$n/24 dev eth0
	ip -n "$ns" address add fd00::$n/64 dev eth0 nodad
	ip -n "$ns" address add fe80::$n/64 dev eth0 nodad
	n=2
done
for i in 1 2 3 4 5 6 7 8 9 10; do
	ip -n "$speaker" -6 address show dev eth0 | grep -q tentative || break
	sleep 0.5
done

# heard waits for an advert (IP protocol 112) and prints its version of VRRP.
cat >"$folder/heard.py" <<'PY'
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.bind(("eth0", 0))
s.settimeout(15)
while True:
    f = s.recv(2048)
    if f[12:14] == b"\x86\xdd" and f[20] == 112:
        print(f[54] >> 4)
        break
    if f[12:14] == b"\x08\x00" and f[23] == 112:
        print(f[14 + 4 * (f[14] & 15)] >> 4)
        break
PY

echo "keepalived $version: the version of adverts, by where the word stands"
echo
n=0 different=0
rows >"$folder/rows"
while IFS='|' read -r family front behind want <&3; do
	n=$((n + 1))
	if [ "$family" = 6 ]; then address=fe80::100; else address=192.0.2.100; fi
	{
		echo "vrrp_instance VI_1 {"
		echo " state MASTER"
		echo " interface eth0"
		echo " virtual_router_id 51"
		echo " priority 150"
		echo " advert_int 1"
		echo " $front"
		echo " virtual_ipaddress {"
		echo "  $address"
		echo " }"
		echo " $behind"
		echo "}"
	} >"$folder/conf"
	ip netns exec "$speaker" "$keepalived" --dont-fork --log-console --vrrp --use-file "$folder/conf" \
		--pid "$folder/pid" --vrrp_pid "$folder/vrrp" >"$folder/said" 2>&1 &
	pid=$!
	got=$(ip netns exec "$hearer" timeout 20 python3 "$folder/heard.py" 2>/dev/null) || { cat "$folder/said" >&2; cannot "no advert comes"; }
	kill "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
	pid=
	mark=
	[ "$got" = "$want" ] || { mark=" <- different" different=$((different + 1)); }
	printf 'IPv%s %-22s %-22s %-4s %s%s\n' "$family" "${front:-nothing} in front" "${behind:-nothing} behind" "$want" "$got" "$mark"
done 3<"$folder/rows"
echo
if [ $different != 0 ]; then
	echo "keepalived does not behave as described: $different of $n rows differ."
	exit 1
fi
echo "keepalived behaves as described in all $n rows."
