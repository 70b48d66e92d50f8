#!/bin/sh
# keepalived-include-read-twice.sh - keepalived 2.2.7 reads an included file twice where
# something stands in front of the word include, or a definition gives that word.
#
# "include FILE" on a line of its own is read once. Behind a condition of the node (@node,
# @^node), behind a brace or behind a generator ~SEQ the file is read where it stands and
# once more, and so it is where the word include comes out of a definition; a definition
# that only gives the name of the file does no harm. What the file makes is then there
# twice: an instance "already defined", an address that is already specified. Texts that
# are shared by the nodes of a pair use just this condition to include what differs.
#
# The included file holds a VRRP instance; each of its readings is told by one complaint,
# that of its first reading or that of an instance which is there already.
#
# The packages of Debian 12 (amd64) are downloaded and unpacked into a temporary folder;
# nothing is installed, and keepalived only tests configurations. This is outside CI: it
# needs a package mirror, and takes seconds.
#
# Exit codes: 0 it behaves as described, 1 it does not any more, 2 it cannot be seen here.
set -eu

version=2.2.7
packages='keepalived=1:2.2.7-1+b2 libnl-3-200=3.7.0-0.2+b1 libnl-genl-3-200=3.7.0-0.2+b1
libnftnl11=1.2.4-2 libmnl0=1.0.4-3 libsnmp40=5.9.3+dfsg-2+deb12u1 libpci3=1:3.9.0-4 libwrap0=7.6.q-32'

# One row a text: its lines, with ; for the end of a line, and how often the file is read
# on the node "one".
rows() {
	cat <<'ROWS'
include part.conf|1
   include part.conf|1
@two include part.conf|0
@one include part.conf|2
@^two include part.conf|2
$FILE=part.conf;include $FILE|1
$WORD=include;$WORD part.conf|2
$LINE=include part.conf;$LINE|2
~SEQ(n,1,1) include part.conf|2
vrrp_script other {; script /bin/true;} include part.conf|2
ROWS
}

cannot() {
	echo "cannot be seen here: $*" >&2
	exit 2
}

[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || cannot "the packages are those of Debian 12 for amd64"
for tool in apt-get dpkg-deb timeout; do
	command -v "$tool" >/dev/null || cannot "$tool is missing"
done

folder=$(mktemp -d /tmp/finding.XXXXXX)
trap 'rm -rf "$folder"' EXIT
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

cat >"$folder/part.conf" <<'CONF'
vrrp_instance VI_1 {
 interface lo
 virtual_router_id 51
 virtual_ipaddress {
  192.0.2.1
 }
}
CONF

echo "keepalived $version: text, and how often the file is read: as described, seen"
echo
n=0 different=0
rows >"$folder/rows"
while IFS='|' read -r line want; do
	n=$((n + 1))
	printf '%s\n' "$line" | tr ';' '\n' >"$folder/conf"
	(cd "$folder" && timeout 20 "$keepalived" --config-test --config-id one --use-file "$folder/conf") >"$folder/said" 2>&1 || :
	got=$(grep -c -e 'cannot use a loopback interface' -e 'already defined' "$folder/said" || :)
	mark=
	[ "$got" = "$want" ] || { mark=" <- different" different=$((different + 1)); }
	printf '%-58s %s %s%s\n' "$line" "$want" "$got" "$mark"
done <"$folder/rows"
echo
if [ $different != 0 ]; then
	echo "keepalived does not behave as described: $different of $n rows differ."
	exit 1
fi
echo "keepalived behaves as described in all $n rows."
