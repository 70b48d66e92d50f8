#!/bin/sh
# linux-rule-absent-is-any.sh - Linux refuses a policy rule as a duplicate of a narrower
# one: where the new rule names no from, to or tos, any of an old one counts as equal.
#
# ip rule add asks for a rule that is not there yet (NLM_F_EXCL). The kernel compares the
# new rule with each old one by what the new one has: table, priority and the rest have to
# be equal, but a source, a destination or a tos that the new rule leaves out is not
# compared. So "from all" is refused with EEXIST beside "from 192.0.2.0/24" of the same
# table and priority, though the two differ, while in the other order both are taken. A
# mark or an interface that is left out is compared. Who puts back rules from a list has
# to begin with the wide ones.
#
# The packages of Debian 12 (amd64) are downloaded and unpacked into a temporary folder;
# nothing is installed, and the rules stand in a network namespace made for them. The
# kernel is that of the host; seen with Linux 6.18. This is outside CI: it needs root and a
# package mirror, and takes seconds.
#
# Exit codes: 0 it behaves as described, 1 it does not any more, 2 it cannot be seen here.
set -eu

version=6.1.0
packages='iproute2=6.1.0-3 libbpf1=1:1.1.2-0+deb12u1 libelf1=0.188-2.1 libmnl0=1.0.4-3 libcap2=1:2.66-4+deb12u3+b1
libbsd0=0.11.7-2 libmd0=1.0.4-2'

# One row a pair: the rule that is there, the rule that is added, and what becomes of it.
rows() {
	cat <<'ROWS'
from 192.0.2.0/24|from all|refused
from all|from 192.0.2.0/24|taken
to 192.0.2.0/24|from all|refused
from all|to 192.0.2.0/24|taken
tos 0x04|from all|refused
from 192.0.2.0/24 to 198.51.100.0/24|to 198.51.100.0/24|refused
from 192.0.2.0/24|to 192.0.2.0/24|taken
from 192.0.2.0/24|from 198.51.100.0/24|taken
fwmark 5|from all|taken
iif lo|from all|taken
from all|from all|refused
ROWS
}

cannot() {
	echo "cannot be seen here: $*" >&2
	exit 2
}

[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || cannot "the packages are those of Debian 12 for amd64"
[ "$(id -u)" = 0 ] || cannot "network namespaces need root"
for tool in apt-get dpkg-deb timeout unshare; do
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
ip=$folder/root/bin/ip
"$ip" -V >"$folder/version" 2>&1 || { cat "$folder/version" >&2; cannot "ip does not start"; }
grep -q "iproute2-$version" "$folder/version" || cannot "ip is not of iproute2 $version"
unshare --net true 2>/dev/null || cannot "no network namespaces"

# pair adds two rules of one table and priority in a namespace of their own.
cat >"$folder/pair" <<'PAIR'
"$1" rule add $2 lookup 100 priority 500 || exit 9
if "$1" rule add $3 lookup 100 priority 500 2>"$4"; then
	echo taken
elif grep -q 'File exists' "$4"; then
	echo refused
else
	cat "$4" >&2
	exit 9
fi
PAIR

echo "iproute2 $version, Linux $(uname -r): a second rule of one table and priority"
echo
n=0 different=0
rows >"$folder/rows"
while IFS='|' read -r old new want <&3; do
	n=$((n + 1))
	got=$(unshare --net sh "$folder/pair" "$ip" "$old" "$new" "$folder/said") || cannot "the rules cannot be added"
	mark=
	[ "$got" = "$want" ] || { mark=" <- different" different=$((different + 1)); }
	printf '%-36s then %-22s %-8s %s%s\n' "$old" "$new" "$want" "$got" "$mark"
done 3<"$folder/rows"
echo
if [ $different != 0 ]; then
	echo "Linux does not behave as described: $different of $n rows differ."
	exit 1
fi
echo "Linux behaves as described in all $n rows."
