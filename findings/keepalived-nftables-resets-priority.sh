#!/bin/sh
# keepalived-nftables-resets-priority.sh - in keepalived 2.2.7 the word nftables sets the
# priority of the chains back when it stands behind nftables_priority.
#
# nftables_priority gives the priority of keepalived's chains, -1 where it is not written.
# It holds when nftables stands in front of it, or is not written at all. nftables behind
# it, with or without a name of a table, puts the priority back to -1 without a word, so
# that rules of no_accept may be asked behind those of another table that accepts.
#
# The packages of Debian 12 (amd64) are downloaded and unpacked into a temporary folder;
# nothing is installed. keepalived runs in a network namespace made for it, on one end of a
# veth pair, and nft lists the chains there. This is outside CI: it needs root and a
# package mirror, and takes some twenty seconds.
#
# Exit codes: 0 it behaves as described, 1 it does not any more, 2 it cannot be seen here.
set -eu

version=2.2.7
packages='keepalived=1:2.2.7-1+b2 libnl-3-200=3.7.0-0.2+b1 libnl-genl-3-200=3.7.0-0.2+b1
libnftnl11=1.2.4-2 libmnl0=1.0.4-3 libsnmp40=5.9.3+dfsg-2+deb12u1 libpci3=1:3.9.0-4 libwrap0=7.6.q-32
nftables=1.0.6-2+deb12u2 libnftables1=1.0.6-2+deb12u2 libjansson4=2.14-2 libxtables12=1.8.9-2
libedit2=3.1-20221030-2 libbsd0=0.11.7-2 libmd0=1.0.4-2'

# One row a run: lines of global_defs, and the table and priority of the chains.
rows() {
	cat <<'ROWS'
nftables|keepalived -1
nftables_priority 5|keepalived 5
nftables; nftables_priority 5|keepalived 5
nftables_priority 5; nftables|keepalived -1
nftables_priority 5; nftables other|other -1
nftables other; nftables_priority 5|other 5
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
keepalived=$folder/root/usr/sbin/keepalived nft=$folder/root/usr/sbin/nft
"$keepalived" --version >"$folder/version" 2>&1 || { cat "$folder/version" >&2; cannot "keepalived does not start"; }
grep -q "^Keepalived v$version " "$folder/version" || cannot "keepalived is not $version"

ip netns add "$speaker" || cannot "no network namespaces"
ip -n "$speaker" link add eth0 type veth peer name eth1
for link in lo eth0 eth1; do
	ip -n "$speaker" link set "$link" up
done
ip -n "$speaker" address add 192.0.2.1/24 dev eth0
ip netns exec "$speaker" "$nft" list ruleset >"$folder/said" 2>&1 || { cat "$folder/said" >&2; cannot "nft does not run"; }

# chains prints table and priority of the chain that sees what comes in, once it is there.
chains() {
	for i in 1 2 3 4 5 6 7 8 9 10; do
		ip netns exec "$speaker" "$nft" --json list ruleset | python3 -c '
import json, sys
for o in json.load(sys.stdin)["nftables"]:
    c = o.get("chain", {})
    if c.get("hook") == "input" and c["family"] == "ip":
        print(c["table"], c["prio"])
' >"$folder/chains"
		[ ! -s "$folder/chains" ] || break
		sleep 0.5
	done
	cat "$folder/chains"
}

echo "keepalived $version: the priority of its chains, by the order of the words"
echo
n=0 different=0
rows >"$folder/rows"
while IFS='|' read -r words want <&3; do
	n=$((n + 1))
	{
		echo "global_defs {"
		echo "$words" | sed 's/; /\n/g'
		echo "}"
		echo "vrrp_instance VI_1 {"
		echo " interface eth0"
		echo " virtual_router_id 51"
		echo " version 3"
		echo " advert_int 0.2"
		echo " no_accept"
		echo " virtual_ipaddress {"
		echo "  192.0.2.100"
		echo " }"
		echo "}"
	} >"$folder/conf"
	ip netns exec "$speaker" "$keepalived" --dont-fork --log-console --vrrp --use-file "$folder/conf" \
		--pid "$folder/pid" --vrrp_pid "$folder/vrrp" >"$folder/said" 2>&1 &
	pid=$!
	got=$(chains)
	[ -n "$got" ] || { cat "$folder/said" >&2; cannot "no chain comes"; }
	kill "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
	pid=
	mark=
	[ "$got" = "$want" ] || { mark=" <- different" different=$((different + 1)); }
	printf '%-38s %-14s %s%s\n' "$words" "$want" "$got" "$mark"
done 3<"$folder/rows"
echo
if [ $different != 0 ]; then
	echo "keepalived does not behave as described: $different of $n rows differ."
	exit 1
fi
echo "keepalived behaves as described in all $n rows."
