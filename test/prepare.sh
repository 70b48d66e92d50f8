#!/bin/sh
# prepare.sh WHAT - installs what a make target needs and is not there yet.
#
#   build   a C compiler (SQLite is C)
#   demo    build, namespaces, and the guest's kernel where the own one lacks ip_vs
#   ansible demo, and Debian's ansible-core: some 60 MB where Python is missing, too
#   test    demo, a browser with Chinese glyphs, shellcheck, and keepalived, FRR and
#           ipvsadm as peers
#
# No service is installed, started or enabled: the peers are downloaded as packages and
# unpacked under .cache/peers. Where everything is present the network is not used.
set -eu
cd "$(dirname "$0")/.."
what=${1:?build, demo, ansible or test}
refreshed=

refresh() {
	[ -z "$refreshed" ] || return 0
	refreshed=yes
	apt-get -qq update || echo "prepare: no fresh package lists, going on with the old ones" >&2
}

# install PACKAGE FILE...: the package, unless one of the files (or commands) is there.
install() {
	package=$1; shift
	for f in "$@"; do
		case $f in
		/*) [ ! -e "$f" ] || return 0 ;;
		*) ! PATH=$PATH:/usr/sbin:/sbin command -v "$f" >/dev/null || return 0 ;;
		esac
	done
	if [ "$(id -u)" != 0 ]; then
		echo "prepare: $package is missing; run as root, or: sudo apt-get install --no-install-recommends $package" >&2
		exit 1
	fi
	refresh
	echo "prepare: installing $package"
	DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$package" >/dev/null
}

go_new_enough() {
	command -v go >/dev/null || { echo "prepare: Go is missing: https://go.dev/dl/ (go.mod names the version)" >&2; exit 1; }
}

peers() {
	root=.cache/peers/root
	if [ ! -e .cache/peers/ready ]; then
		rm -rf .cache/peers
		mkdir -p .cache/peers/packages "$root"
		refresh
		names=$(apt-get -s install --no-install-recommends keepalived ipvsadm | sed -n 's/^Inst \([^ ]*\).*/\1/p')
		for p in keepalived ipvsadm; do
			case " $(echo $names) " in *" $p "*) ;; *) names="$names $p" ;; esac
		done
		echo "prepare: unpacking keepalived and ipvsadm under .cache/peers"
		(cd .cache/peers/packages && apt-get -qq -o APT::Sandbox::User=root download $names)
		for p in .cache/peers/packages/*.deb; do dpkg -x "$p" "$root"; done
		mkdir -p .cache/peers/bin
		libs=$PWD/$root/usr/lib/$(uname -m)-linux-gnu:$PWD/$root/lib/$(uname -m)-linux-gnu
		for p in usr/sbin/keepalived sbin/ipvsadm usr/bin/genhash; do
			[ -x "$root/$p" ] || continue
			printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$libs" "$PWD/$root/$p" >".cache/peers/bin/${p##*/}"
			chmod 755 ".cache/peers/bin/${p##*/}"
		done
		.cache/peers/bin/keepalived --version >/dev/null 2>&1
		.cache/peers/bin/ipvsadm --help >/dev/null 2>&1 || [ $? != 127 ]
		: >.cache/peers/ready
	fi
	[ -e .cache/peers/frr ] || frr
}

# frr unpacks FRR's bfdd and zebra beside the other peers. What they look up on the
# machine (a user and two groups) they find in files that the tests put over its own.
frr() {
	refresh
	names=$(apt-get -s install --no-install-recommends frr | sed -n 's/^Inst \([^ ]*\).*/\1/p' | grep -E '^(frr|lib)' || true)
	case " $(echo $names) " in *" frr "*) ;; *) names="$names frr" ;; esac
	echo "prepare: unpacking FRR under .cache/peers"
	mkdir -p .cache/peers/packages
	(cd .cache/peers/packages && apt-get -qq -o APT::Sandbox::User=root download $names)
	for p in $names; do dpkg -x .cache/peers/packages/"$p"_*.deb "$root"; done
	libs=$PWD/$root/usr/lib/$(uname -m)-linux-gnu
	for p in zebra bfdd; do
		printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$libs:$libs/frr" "$PWD/$root/usr/lib/frr/$p" >".cache/peers/bin/$p"
		chmod 755 ".cache/peers/bin/$p"
		".cache/peers/bin/$p" --version >/dev/null
	done
	: >.cache/peers/frr
}

go_new_enough
install gcc cc
install libc6-dev /usr/include/stdio.h
[ "$what" != build ] || exit 0

install iproute2 ip
install util-linux nsenter
install kmod modprobe
if [ "$what" = test ] || { [ ! -e /proc/net/ip_vs ] && ! modprobe -q ip_vs 2>/dev/null; }; then
	install user-mode-linux linux.uml
fi
[ "$what" != demo ] || exit 0
if [ "$what" = ansible ]; then
	install ansible-core ansible-playbook
	exit 0
fi

install chromium chromium
install shellcheck shellcheck
install fonts-noto-cjk /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
peers
