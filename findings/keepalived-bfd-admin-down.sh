#!/bin/sh
# keepalived-bfd-admin-down.sh - a keepalived 2.2.7 whose BFD neighbour says AdminDown goes
# on as if the session were up, as long as it lives.
#
# RFC 5880, section 6.8.6, takes a session down when the neighbour says AdminDown or Down,
# and RFC 5882, section 3.2, lets those who follow a session tell the two apart. keepalived
# does so: a vrrp_instance with track_bfd goes to FAULT when the neighbour says Down or
# falls silent, and stays MASTER when it says AdminDown, also when it falls silent after
# that. An orderly stop of the neighbour moves no address by itself.
#
# The packages of Debian 12 (amd64) are downloaded and unpacked into a temporary folder;
# nothing is installed. keepalived runs in a network namespace made for it, on one end of a
# veth pair; a neighbour of thirty lines of Python speaks BFD at the other end. This is
# outside CI: it needs root and a package mirror, and takes half a minute.
#
# Exit codes: 0 it behaves as described, 1 it does not any more, 2 it cannot be seen here.
set -eu

version=2.2.7
packages='keepalived=1:2.2.7-1+b2 libnl-3-200=3.7.0-0.2+b1 libnl-genl-3-200=3.7.0-0.2+b1
libnftnl11=1.2.4-2 libmnl0=1.0.4-3 libsnmp40=5.9.3+dfsg-2+deb12u1 libpci3=1:3.9.0-4 libwrap0=7.6.q-32'

# One row a run: what the neighbour of a session that is up does, and the state of the
# instance that tracks it two seconds later.
rows() {
	cat <<'ROWS'
goes on|MASTER
says Down|FAULT
falls silent|FAULT
says AdminDown|MASTER
says AdminDown and falls silent|MASTER
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
speaker=speaker$$ hearer=hearer$$ pid= far=
finish() {
	for p in $pid $far; do
		kill "$p" 2>/dev/null || :
		wait "$p" 2>/dev/null || :
	done
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
	n=2
done
# The neighbour answers until the session is up, and says so in a file; it does what it is
# told once a second file stands there.
cat >"$folder/neighbour.py" <<'PY'
import os, socket, struct, sys, time
folder, what = sys.argv[1:]
AdminDown, Down, Init, Up = range(4)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 255)
s.bind(("192.0.2.2", 49152))
hears = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
hears.bind(("192.0.2.2", 3784))
hears.settimeout(0.05)
state, theirs, told = Down, 0, None
while True:
    try:
        p = hears.recv(64)
        theirs = struct.unpack("!I", p[4:8])[0]
        if told is None:
            state = {Down: Init, Init: Up, Up: Up}.get(p[1] >> 6, Down)
    except socket.timeout:
        pass
    if state == Up and not os.path.exists(folder + "/up"):
        open(folder + "/up", "w").close()
    if told is None and os.path.exists(folder + "/now"):
        told = time.monotonic()
    if told is not None and what != "goes on":
        if what.endswith("falls silent") and (what == "falls silent" or time.monotonic() > told + 0.5):
            continue
        state = AdminDown if "AdminDown" in what else Down
    s.sendto(struct.pack("!BBBBIIIII", 1 << 5, state << 6, 3, 24, 1, theirs, 50000, 50000, 0), ("192.0.2.1", 3784))
    time.sleep(0.02)
PY

# state prints the last state that the instance is told to have.
state() {
	sed -n 's/.*(VI_1) [Ee]ntering \([A-Z]*\) .*/\1/p' "$folder/said" | tail -n 1
}

# await waits ten seconds at most for a test to hold.
await() {
	for i in $(seq 50); do
		if "$@"; then return 0; fi
		sleep 0.2
	done
	return 1
}
master() { [ "$(state)" = MASTER ]; }

cat >"$folder/conf" <<'CONF'
bfd_instance far {
 neighbor_ip 192.0.2.2
 source_ip 192.0.2.1
 min_rx 50
 min_tx 50
 multiplier 5
}
vrrp_instance VI_1 {
 interface eth0
 virtual_router_id 51
 version 3
 advert_int 0.2
 track_bfd {
  far
 }
 virtual_ipaddress {
  192.0.2.100
 }
}
CONF

echo "keepalived $version: an instance that tracks a BFD session, by what the neighbour does"
echo
n=0 different=0
rows >"$folder/rows"
while IFS='|' read -r does want <&3; do
	n=$((n + 1))
	rm -f "$folder/up" "$folder/now"
	ip netns exec "$hearer" python3 "$folder/neighbour.py" "$folder" "$does" &
	far=$!
	ip netns exec "$speaker" "$keepalived" --dont-fork --log-console --use-file "$folder/conf" \
		--pid "$folder/pid" --vrrp_pid "$folder/vrrp" --bfd_pid "$folder/bfd" --checkers_pid "$folder/checkers" >"$folder/said" 2>&1 &
	pid=$!
	await test -e "$folder/up" && await master || { cat "$folder/said" >&2; cannot "the session does not come up"; }
	touch "$folder/now"
	sleep 2
	got=$(state)
	for p in $pid $far; do
		kill "$p" 2>/dev/null || :
		wait "$p" 2>/dev/null || :
	done
	pid= far=
	mark=
	[ "$got" = "$want" ] || { mark=" <- different" different=$((different + 1)); }
	printf '%-32s %-7s %s%s\n' "$does" "$want" "$got" "$mark"
done 3<"$folder/rows"
echo
if [ $different != 0 ]; then
	echo "keepalived does not behave as described: $different of $n rows differ."
	exit 1
fi
echo "keepalived behaves as described in all $n rows."
