#!/bin/sh
# keepalived-slow-master-never-rests.sh - keepalived 2.2.7 changes masters for ever where the
# best router has the longest advert_int and others send a last advert when they yield.
#
# Three routers speak version 3: one of priority 200 that adverts each second, and two of
# priority 100 that advert ten times a second. With vrrp_higher_prio_send_advert a router
# that yields to a better one sends one more advert, with its own interval. The other backup
# takes that advert, as it is no worse than itself, and with it the short interval as the
# one of the master (RFC 9568, section 6.4.2). It hears no advert for three tenths of a
# second and becomes master beside the one that is there, yields at that one's next advert
# with a last advert of its own, and so wakes the first again. It comes to rest where the
# best router answers a worse advert at once, which vrrp_lower_prio_no_advert forbids, where
# nobody sends a last advert, or where all have one interval.
#
# The packages of Debian 12 (amd64) are downloaded and unpacked into a temporary folder;
# nothing is installed. The routers run in network namespaces made for them, on a bridge in
# a fourth. This is outside CI: it needs root and a package mirror, and takes a minute.
#
# Exit codes: 0 it behaves as described, 1 it does not any more, 2 it cannot be seen here.
set -eu

version=2.2.7
packages='keepalived=1:2.2.7-1+b2 libnl-3-200=3.7.0-0.2+b1 libnl-genl-3-200=3.7.0-0.2+b1
libnftnl11=1.2.4-2 libmnl0=1.0.4-3 libsnmp40=5.9.3+dfsg-2+deb12u1 libpci3=1:3.9.0-4 libwrap0=7.6.q-32'

# One row a run: interval of the best router, whether it answers a worse advert, whether the
# others send a last advert, and what becomes of them once the best one is master.
rows() {
	cat <<'ROWS'
1|answers|no last advert|rest
1|answers|last advert|rest
1|is silent|no last advert|rest
1|is silent|last advert|change
0.1|is silent|last advert|rest
ROWS
}

cannot() {
	echo "cannot be seen here: $*" >&2
	exit 2
}

[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || cannot "the packages are those of Debian 12 for amd64"
[ "$(id -u)" = 0 ] || cannot "network namespaces need root"
for tool in apt-get dpkg-deb timeout ip; do
	command -v "$tool" >/dev/null || cannot "$tool is missing"
done

folder=$(mktemp -d /tmp/finding.XXXXXX)
wire=wire$$ pids=
finish() {
	for pid in $pids; do kill "$pid" 2>/dev/null || :; done
	for pid in $pids; do wait "$pid" 2>/dev/null || :; done
	for ns in best$$ one$$ two$$ "$wire"; do ip netns del "$ns" 2>/dev/null || :; done
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

ip netns add "$wire" && ip -n "$wire" link add bridge type bridge || cannot "no network namespaces"
ip -n "$wire" link set bridge up
n=1
for name in best one two; do
	ip netns add $name$$
	ip -n $name$$ link add eth0 type veth peer name $name netns "$wire"
	ip -n "$wire" link set $name master bridge up
	ip -n $name$$ link set lo up
	ip -n $name$$ link set eth0 up
	ip -n $name$$ address add 192.0.2.$n/24 dev eth0
	n=$((n + 1))
done

# router starts a router: its name, priority, interval and global words.
router() {
	cat >"$folder/$1.conf" <<CONF
global_defs {
 vrrp_version 3
$4
}
vrrp_instance VI_1 {
 state BACKUP
 interface eth0
 virtual_router_id 51
 priority $2
 advert_int $3
 virtual_ipaddress {
  192.0.2.100
 }
}
CONF
	: >"$folder/$1.said"
	ip netns exec $1$$ "$keepalived" --dont-fork --log-console --vrrp --use-file "$folder/$1.conf" \
		--pid "$folder/$1.pid" --vrrp_pid "$folder/$1.vrrp" >"$folder/$1.said" 2>&1 &
	pids="$pids $!"
}

# masters is how often a router became master.
masters() { grep -c 'Entering MASTER STATE' "$folder/$1.said" || :; }

# master waits until a router of these names is master.
master() {
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		for name in "$@"; do
			[ "$(masters $name)" = 0 ] || return 0
		done
		sleep 0.5
	done
	cannot "none of $* becomes master"
}

echo "keepalived $version: interval of the best router, what it does, what others do: as described, seen"
echo
n=0 different=0
rows >"$folder/rows"
while IFS='|' read -r interval best others want <&3; do
	n=$((n + 1)) silent= last=
	[ "$best" = answers ] || silent='vrrp_lower_prio_no_advert true'
	[ "$others" = 'no last advert' ] || last='vrrp_higher_prio_send_advert true'
	router one 100 0.1 "$last"
	router two 100 0.1 "$last"
	master one two
	sleep 2
	router best 200 "$interval" "$silent"
	master best
	sleep 2
	before=$(($(masters one) + $(masters two)))
	sleep 6
	times=$(($(masters one) + $(masters two) - before)) got=rest
	[ $times -lt 3 ] || got=change
	for pid in $pids; do kill "$pid" 2>/dev/null || :; done
	for pid in $pids; do wait "$pid" 2>/dev/null || :; done
	pids=
	mark=
	[ "$got" = "$want" ] || { mark=" <- different" different=$((different + 1)); }
	printf '%-3s s  %-9s  %-14s  %-6s %-6s (%d new masters in 6 s)%s\n' "$interval" "$best" "$others" "$want" "$got" "$times" "$mark"
done 3<"$folder/rows"
echo
if [ $different != 0 ]; then
	echo "keepalived does not behave as described: $different of $n rows differ."
	exit 1
fi
echo "keepalived behaves as described in all $n rows."
