package arch

import (
	"slices"
	"strings"
	"testing"
)

// doors say which rooms may import an outside library. A library that is not
// named, and that is not Go's own, has no door at all.
var doors = []struct {
	library string // an import path or the beginning of one
	rooms   []string
	reason  string
}{
	{"github.com/vishvananda/netlink", []string{"engine/kernel"}, "one door to netlink"},
	{"github.com/vishvananda/netns", []string{"engine/kernel"}, "one door to netlink"},
	{"github.com/moby/ipvs", []string{"engine/kernel"}, "one door to IPVS: its handle hangs when it is shared"},
	{"github.com/sirupsen/logrus", []string{"engine/kernel"}, "only to quieten moby/ipvs"},
	{"golang.org/x/net/ipv4", []string{"engine/kernel", "engine/probe"}, "raw sockets belong to the kernel's door; the ping check takes its message types"},
	{"golang.org/x/net/ipv6", []string{"engine/probe"}, "the ping check takes its message types"},
	{"golang.org/x/net/icmp", []string{"engine/probe"}, "the ping check"},
	{"golang.org/x/net/dns", []string{"engine/probe"}, "the DNS check"},
	{"github.com/dlclark/regexp2", []string{"engine/pattern"}, "patterns in HTTP checks that RE2 lacks"},
	{"golang.org/x/sys/unix", []string{"engine/kernel", "engine/script", "engine/control", "engine/probe", "engine/realtime", "engine/rights", "engine/claim", "engine/state", "engine/vrrprole", "engine/lvsrole", "server", "server/parent", "server/terminal"}, "system calls stay with the shells"},
	{"golang.org/x/sync", []string{"engine", "web/...", "server/..."}, "goroutines live in the shells"},
	{"golang.org/x/time", []string{"web/..."}, "login limits"},
	{"golang.org/x/crypto/cryptobyte", []string{"engine/probe"}, "a hello of TLS that Go's library cannot send"},
	{"golang.org/x/crypto", []string{"web/...", "store"}, "password hashes"},
	{"golang.org/x/text", []string{"assets", "web/..."}, "languages"},
	{"github.com/nicksnyder/go-i18n", []string{"assets"}, "one place turns ids into words"},
	{"github.com/pelletier/go-toml", []string{"assets"}, "the words are written in TOML"},
	{"github.com/BurntSushi/toml", []string{"assets"}, "the words are written in TOML"},
	{"github.com/gin-gonic/gin", []string{"web/..."}, "HTTP belongs to the web"},
	{"github.com/danielgtaylor/huma", []string{"web/..."}, "HTTP belongs to the web"},
	{"gorm.io/", []string{"store"}, "no gorm type leaves the store"},
	{"github.com/mattn/go-sqlite3", []string{"store"}, "one door to the database"},
	{"github.com/pressly/goose", []string{"store"}, "migrations are run by the store"},
	{"github.com/wneessen/go-mail", []string{"server/mail"}, "one door to mail servers"},
	{"github.com/spf13/", []string{"server"}, "flags and commands belong to main"},
	{"github.com/coreos/go-systemd", []string{"server", "server/parent"}, "the service manager talks to the parent"},
}

func TestOutsideLibrariesComeInByTheirDoor(t *testing.T) {
	for _, p := range house(t) {
		name := p.room()
		if strings.HasPrefix(name, "test/") {
			continue
		}
		for _, i := range p.outside() {
			at := slices.IndexFunc(doors, func(d struct {
				library string
				rooms   []string
				reason  string
			}) bool {
				return strings.HasPrefix(i, d.library)
			})
			if at < 0 {
				t.Errorf("%s imports %s, which has no door", name, i)
				continue
			}
			if !slices.ContainsFunc(doors[at].rooms, func(room string) bool { return within(name, room) }) {
				t.Errorf("%s imports %s: %s", name, i, doors[at].reason)
			}
		}
	}
}
