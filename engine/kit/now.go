package kit

import "strings"

// library are the functions of each script. What stood there before the first change is
// in $state/before; what a service of ours needs is in $state/service-NAME, one thing a
// line, and is put back when no other service needs it.
const library = `set -eu
umask 022
state=/var/lib/holdfast-kit
mine=$state/service-$service
PATH=/usr/sbin:/usr/bin:/sbin:/bin

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }
[ "$(id -u)" = 0 ] || stop 'ROOT'
command -v ip >/dev/null || stop 'IPROUTE'
`

const keeping = `
mkdir -p "$state"
touch "$state/before" "$mine"

# need KIND WHAT
need() { grep -qxF -e "$*" "$mine" || printf '%s\n' "$*" >>"$mine"; }

# before KIND WHAT VALUE
before() {
	grep -qF -e "$1 $2 " "$state/before" || printf '%s\n' "$*" >>"$state/before"
}

# setting NAME VALUE
setting() {
	path=/proc/sys/$(printf '%s' "$1" | tr . /)
	before setting "$1" "$(cat "$path")"
	need setting "$1"
	[ "$(cat "$path")" = "$2" ] || printf '%s\n' "$2" >"$path"
}

# address ADDRESS/PREFIX: one that somebody else has put on lo stays theirs
address() {
	if [ -z "$(ip -o address show dev lo to "$1")" ]; then
		need address "$1"
		case $1 in
		*:*) ip address add "$1" dev lo nodad ;;
		*) ip address add "$1" dev lo ;;
		esac
	elif cat "$state"/service-* | grep -qxF -e "address $1"; then
		need address "$1"
	fi
}

# write PATH MODE: a file of the standard input
write() {
	mkdir -p "${1%/*}"
	cat >"$1.new"
	chmod "$2" "$1.new"
	mv "$1.new" "$1"
	need file "$1"
}
`

const tunnelling = `
# device NAME MODULE: up, and as it was when that is undone
device() {
	modprobe -q "$2" || :
	ip link show dev "$1" >/dev/null 2>&1 || stop "$1: NODEVICE"
	was=down
	[ -z "$(ip -o link show dev "$1" up)" ] || was=up
	before device "$1" "$was"
	need device "$1"
	ip link set dev "$1" up
}

# fou port NUMBER [-6]: GUE is taken on that port
fou() {
	if ip fou show | grep -q "port $2 gue"; then
		! cat "$state"/service-* | grep -qxF -e "fou $*" || need fou "$*"
	else
		ip fou add "$@" gue
		need fou "$*"
	fi
}
`

// head is what every script begins with.
func (b *script) head(undo bool) {
	b.line("#!/bin/sh")
	b.line("# " + b.service.shown())
	id := "kit.head"
	if undo {
		id = "kit.head-undo"
	}
	for l := range strings.Lines(b.words(id)) {
		b.line("# " + strings.TrimRight(l, "\n"))
	}
	b.line("service='" + b.service.slug() + "'")
	b.WriteString(b.filled(library))
}

// filled puts words into a part of the script.
func (b *script) filled(text string) string {
	quoted := func(id string) string {
		return strings.NewReplacer("'", "", `"`, "", "`", "", "$", "", `\`, "", "\n", " ").Replace(b.words("kit." + id))
	}
	return strings.NewReplacer("ROOT", quoted("root"), "IPROUTE", quoted("iproute"), "NODEVICE", quoted("no-device"), "NOTHING", quoted("nothing"),
		"ELSEWHERE", quoted("elsewhere"), "NOSOURCE", quoted("no-source")).Replace(text)
}

// check refuses before anything is changed: an address of the service on another
// interface would be announced there, and a file that nobody reads does nothing.
func (b *script) check(form string) {
	b.comment("check")
	if form == Ifupdown {
		b.line(b.filled(`grep -qsE '^[[:space:]]*source(-directory)?[[:space:]].*interfaces\.d' /etc/network/interfaces || stop 'NOSOURCE'`))
	}
	for _, a := range b.service.Addresses {
		b.line(`elsewhere=$(ip -o address show to ` + whole(a) + ` | awk '$2 != "lo" { print $2; exit }')`)
		b.line(b.filled(`[ -z "$elsewhere" ] || stop "` + a.String() + `: $elsewhere: ELSEWHERE"`))
	}
}

// now is what is done at once, whatever does it after a reboot.
func (b *script) now() {
	b.comment("keeping")
	b.WriteString(strings.TrimPrefix(keeping, "\n"))
	if len(b.devices) > 0 {
		b.WriteString(b.filled(tunnelling))
	}
	if b.service.four() {
		b.comment("arp")
		b.line("setting net.ipv4.conf.all.arp_ignore 1")
		b.line("setting net.ipv4.conf.all.arp_announce 2")
	}
	if len(b.devices) > 0 {
		b.comment("tunnel")
	}
	for _, d := range b.devices {
		b.line("device " + d.name + " " + d.module)
		if d.anything {
			b.line("ip -6 tunnel change " + d.name + " mode any")
		}
		if b.filtered(d) {
			b.line("setting " + d.filter() + " " + loose)
		}
	}
	for _, p := range b.ports {
		b.line("modprobe -q " + p.module() + " || :")
		b.line("fou " + p.words())
	}
	b.comment("addresses")
	for _, a := range b.service.Addresses {
		b.line("address " + whole(a))
	}
}

// filtered says whether the reverse path of what comes out of a device is checked.
func (b *script) filtered(d device) bool { return b.service.four() && d.module != "sit" }

// undo puts back what a script before this one changed, the addresses first: they are
// announced by nobody meanwhile.
func (b *script) undo() {
	b.WriteString(b.filled(`
[ -e "$mine" ] || { say "$service: NOTHING"; exit 0; }
`))
	b.comment("undo")
	b.WriteString(`last() { [ "$(cat "$state"/service-* | grep -cxF -e "$1")" = 1 ]; }
was() { awk -v k="$1" -v w="$2" '$1 == k && $2 == w { sub(/^[^ ]+ [^ ]+ /, ""); print; exit }' "$state/before"; }
forget() {
	awk -v k="$1" -v w="$2" '!($1 == k && $2 == w)' "$state/before" >"$state/before.new"
	mv "$state/before.new" "$state/before"
}

for kind in file address fou device setting; do
	while read -r k what; do
		if [ "$k" != "$kind" ] || ! last "$k $what"; then continue; fi
		case $k in
		file) rm -f "$what" ;;
		address) ip address delete "$what" dev lo 2>/dev/null || : ;;
		fou)
			# shellcheck disable=SC2086 # its words
			ip fou del $what || :
			;;
		device)
			[ "$(was "$k" "$what")" = up ] || ip link set dev "$what" down 2>/dev/null || :
			forget "$k" "$what"
			;;
		setting)
			path=/proc/sys/$(printf '%s' "$what" | tr . /)
			[ ! -e "$path" ] || was "$k" "$what" >"$path"
			forget "$k" "$what"
			;;
		esac
	done <"$mine"
done
rm -f "$mine"
ls "$state"/service-* >/dev/null 2>&1 || rm -rf "$state"
`)
	b.comment("done")
	b.line("say 'ok: " + b.service.slug() + "'")
}
