#!/bin/sh
# emptyroot.sh BINARY - proves that the binary needs nothing but itself: it runs in a
# root directory that holds only it and a configuration.
set -eu
cd "$(dirname "$0")/.."
binary=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
cp "$binary" "$root/holdfast"
cp deploy/holdfast.conf "$root/holdfast.conf"
if [ "$(id -u)" = 0 ]; then
	enter() { chroot "$root" "$@"; }
elif unshare -r true 2>/dev/null; then
	enter() { unshare -r chroot "$root" "$@"; }
else
	echo "emptyroot: neither root nor user namespaces here; looking at the file's headers instead" >&2
	! ldd "$binary" >/dev/null 2>&1
	exit 0
fi
# What the check notes is about the empty root: it is shown only if the check fails.
said=$(enter /holdfast version 2>&1 && enter /holdfast check --node node1 /holdfast.conf 2>&1) || {
	echo "$said" >&2
	exit 1
}
