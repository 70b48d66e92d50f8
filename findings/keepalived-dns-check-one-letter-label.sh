#!/bin/sh
# keepalived-dns-check-one-letter-label.sh - keepalived 2.2.7 says of a DNS_CHECK name
# whose first label has one letter that it has an empty label, and ignores it.
#
# RFC 1035, section 2.3.4, allows labels of 1 to 63 octets. A name such as a.example.com is
# refused as if it began with a dot, and the check goes on without it: it asks for the
# root. A label of one letter further behind is taken, and so is a name of one letter.
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

# One row a name: the name, and what becomes of it.
rows() {
	cat <<'ROWS'
ab.example.com|taken
www.a.example.com|taken
example.c|taken
a.example.com|refused
1.example.com|refused
a.b.c|refused
a|taken
a.|refused
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

echo "keepalived $version: names of a DNS_CHECK"
echo
n=0 different=0
rows >"$folder/rows"
while IFS='|' read -r line want; do
	n=$((n + 1))
	cat >"$folder/conf" <<CONF
virtual_server 192.0.2.1 53 {
 lb_algo rr
 lb_kind NAT
 protocol UDP
 real_server 192.0.2.2 53 {
  DNS_CHECK {
   name $line
  }
 }
}
CONF
	timeout 20 "$keepalived" --config-test --use-file "$folder/conf" >"$folder/said" 2>&1 || :
	got=taken
	if grep -q 'empty label' "$folder/said"; then got=refused; fi
	mark=
	[ "$got" = "$want" ] || { mark=" <- different" different=$((different + 1)); }
	printf '%-22s %-8s %s%s\n' "$line" "$want" "$got" "$mark"
done <"$folder/rows"
echo
if [ $different != 0 ]; then
	echo "keepalived does not behave as described: $different of $n rows differ."
	exit 1
fi
echo "keepalived behaves as described in all $n rows."
