#!/bin/sh
# keepalived-arguments-unescaped-twice.sh - keepalived 2.2.7 resolves backslashes in the
# arguments of a script line two times.
#
# The first time is when the value is read as a word of the file, the second when the
# command is split into the arguments of the program. Single quotes inside the line protect
# from neither. A program receives one backslash where four are written; with two, the
# usual way to write one, the backslash is gone or has become a control character. A
# regular expression that means a dot then matches any character, and nothing is logged.
#
# keepalived.conf(5) of that version lists the escapes and does not say that they are
# resolved twice. Issue 2481 of keepalived's tracker (2024) reports the same for misc_path
# in 2.3.1; this script shows it for vrrp_script and notify_backup in 2.2.7.
#
# The packages of Debian 12 (amd64) are downloaded and unpacked into a temporary folder;
# nothing is installed. keepalived runs in a network namespace of its own, on a veth pair
# made there. This is outside CI: it needs root and a package mirror, and takes seconds.
#
# Exit codes: 0 it behaves as described, 1 it does not any more, 2 it cannot be seen here.
set -eu

version=2.2.7
packages='keepalived=1:2.2.7-1+b2 libnl-3-200=3.7.0-0.2+b1 libnl-genl-3-200=3.7.0-0.2+b1
libnftnl11=1.2.4-2 libmnl0=1.0.4-3 libsnmp40=5.9.3+dfsg-2+deb12u1 libpci3=1:3.9.0-4 libwrap0=7.6.q-32'

# One row a form: as written, what one round would hand over, what is handed over. SHOW
# stands for the program, and each argument that it receives is shown in brackets.
rows() {
	cat <<'ROWS'
"SHOW 'a\\b'"         [a\b]       [a<BS>]
"SHOW 'a\\\\b'"       [a\\b]      [a\b]
"SHOW '^a\\.b$'"      [^a\.b$]    [^a.b$]
'SHOW "^a\\\\.b$"'    [^a\\.b$]   [^a\.b$]
"SHOW a\tb"           [a<TAB>b]   [a][b]
"SHOW a\\tb"          [a\tb]      [a<TAB>b]
ROWS
}

cannot() {
	echo "cannot be seen here: $*" >&2
	exit 2
}

[ "$(id -u)" = 0 ] || cannot "root is needed for a network namespace"
[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || cannot "the packages are those of Debian 12 for amd64"
for tool in apt-get dpkg-deb ip unshare timeout; do
	command -v "$tool" >/dev/null || cannot "$tool is missing"
done

folder=$(mktemp -d /tmp/finding.XXXXXX)
pid=
finish() {
	trap '' HUP INT PIPE TERM # a second signal leaves nothing behind
	if [ -n "$pid" ]; then
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	fi
	rm -rf "$folder"
}
trap finish EXIT
trap 'exit 2' HUP INT PIPE TERM

# download gets all packages, in exactly these versions.
download() {
	(cd "$folder/packages" && timeout 120 apt-get -qq -o APT::Sandbox::User=root download $packages) >"$folder/apt" 2>&1
}

mkdir "$folder/packages" "$folder/root" "$folder/seen"
download || { timeout 120 apt-get -qq update >/dev/null 2>&1 && download; } || { cat "$folder/apt" >&2; cannot "the packages are not to be had"; }
for want in $packages; do
	got=
	for deb in "$folder/packages/${want%%=*}"_*.deb; do
		got=$(dpkg-deb -f "$deb" Version)
		dpkg-deb -x "$deb" "$folder/root"
	done
	[ "$got" = "${want#*=}" ] || cannot "${want%%=*} is $got"
done
keepalived=$folder/root/usr/sbin/keepalived
libraries=$folder/root/usr/lib/x86_64-linux-gnu:$folder/root/lib/x86_64-linux-gnu
LD_LIBRARY_PATH=$libraries "$keepalived" --version >"$folder/version" 2>&1 || { cat "$folder/version" >&2; cannot "keepalived does not start"; }
grep -q "^Keepalived v$version " "$folder/version" || cannot "keepalived is not $version"

# The program writes its arguments to the file that the first one names.
cat >"$folder/show" <<'SHOW'
#!/bin/sh
seen=$(dirname "$0")/seen/$1
shift
tab=$(printf '\t') bs=$(printf '\b')
printf '[%s]' "$@" | sed "s/$tab/<TAB>/g; s/$bs/<BS>/g" >"$seen.new"
mv "$seen.new" "$seen"
SHOW
chmod 755 "$folder/show"

# written is a form with the program, and the name of the file to write, put in.
written() {
	printf '%s\n' "$1" | sed "s|SHOW|$folder/show $2|"
}

# Each row is the script of one instance, which as a backup runs the same again as its
# notification. The interval lets a script run once.
count=0
printf 'global_defs {\n script_user root\n enable_script_security\n}\n' >"$folder/conf"
rows | sed 's/  *\[.*//' >"$folder/forms"
while read -r form; do
	count=$((count + 1))
	cat >>"$folder/conf" <<CONF
vrrp_script s$count {
 script $(written "$form" "script.$count")
 interval 1000
}
vrrp_instance v$count {
 state BACKUP
 interface veth0
 virtual_router_id $count
 priority 1
 virtual_ipaddress {
  192.0.2.$((100 + count))/32
 }
 track_script {
  s$count
 }
 notify_backup $(written "$form" "notify_backup.$count")
}
CONF
done <"$folder/forms"

cat >"$folder/run" <<RUN
ip link add veth0 type veth peer name veth1 || exit
ip link set veth0 up && ip link set veth1 up && ip address add 192.0.2.1/24 dev veth0 || exit
export LD_LIBRARY_PATH=$libraries
"$keepalived" --vrrp --config-test --use-file "$folder/conf"
echo \$? >"$folder/test"
exec "$keepalived" --vrrp --dont-fork --log-console --no-syslog --use-file "$folder/conf" --pid "$folder/pid" --vrrp_pid "$folder/vrrp.pid"
RUN
timeout -k 5 30 unshare --net sh "$folder/run" >"$folder/log" 2>&1 &
pid=$!
rounds=0
while [ "$(find "$folder/seen" -name '*.[0-9]' | wc -l)" -lt $((2 * count)) ] && [ $rounds -lt 100 ] && kill -0 "$pid" 2>/dev/null; do
	rounds=$((rounds + 1))
	sleep 0.2
done
if [ -z "$(ls "$folder/seen")" ] || [ "$(cat "$folder/test")" != 0 ]; then
	cat "$folder/log" >&2
	cannot "keepalived refuses the configuration or has run no script"
fi

echo "keepalived $version (Debian $(dpkg-deb -f "$folder"/packages/keepalived_*.deb Version)); its config test finds no fault"
echo
echo "The arguments of a script line are unescaped twice, also inside single quotes."
echo
printf '%-20s %-16s %-12s %-12s %-14s\n' written 'one round gives' expected script notify_backup
n=0 different=0
rows >"$folder/rows"
while read -r row; do
	n=$((n + 1))
	form=$(printf '%s\n' "$row" | sed 's/  *\[.*//')
	once=$(printf '%s\n' "$row" | sed 's/.*  \(\[.*\]\)  *\[.*/\1/')
	want=$(printf '%s\n' "$row" | sed 's/.* //')
	script=$(cat "$folder/seen/script.$n" 2>/dev/null || echo "not run")
	notify=$(cat "$folder/seen/notify_backup.$n" 2>/dev/null || echo "not run")
	[ "$script" = "$want" ] && [ "$notify" = "$want" ] && mark= || { mark=" <- different" different=$((different + 1)); }
	printf '%-20s %-16s %-12s %-12s %s%s\n' "$form" "$once" "$want" "$script" "$notify" "$mark"
done <"$folder/rows"
echo
if [ $different != 0 ]; then
	echo "keepalived does not behave as described: $different of $n rows differ."
	exit 1
fi
echo "keepalived behaves as described in all $n rows."
