package arch

import (
	"slices"
	"strings"
	"testing"
)

// doors say which rooms may import a library. One that is not named, and that is not
// Go's own, has no door at all; of Go's own those are named that reach the machine.
var doors = []struct {
	library string // an import path or the beginning of one; the longest that fits counts
	rooms   []string
	reason  string
}{
	{"github.com/vishvananda/netlink", []string{"engine/kernel"}, "one door to netlink"},
	{"github.com/vishvananda/netns", []string{"engine/kernel"}, "one door to netlink"},
	{"github.com/moby/ipvs", []string{"engine/kernel"}, "one door to IPVS: its handle hangs when it is shared"},
	{"github.com/sirupsen/logrus", []string{"engine/kernel"}, "only to quieten moby/ipvs"},
	{"golang.org/x/net/ipv4", []string{"engine/probe"}, "the ping check takes its message types"},
	{"golang.org/x/net/ipv6", []string{"engine/probe"}, "the ping check takes its message types"},
	{"golang.org/x/net/icmp", []string{"engine/probe"}, "the ping check"},
	{"golang.org/x/net/dns", []string{"engine/probe"}, "the DNS check"},
	{"github.com/dlclark/regexp2", []string{"engine/pattern"}, "patterns in HTTP checks that RE2 lacks"},
	{"golang.org/x/sys/unix", []string{"engine/kernel", "engine/script", "engine/control", "engine/probe", "engine/realtime", "engine/rights", "engine/claim", "engine/fifo", "engine/state", "engine/trackfile", "engine/vrrprole", "server/parent", "server/terminal"}, "system calls stay with the shells"},
	{"golang.org/x/sync", []string{"engine", "web/...", "server/..."}, "goroutines live in the shells"},
	{"golang.org/x/crypto/cryptobyte", []string{"engine/probe"}, "a hello of TLS that Go's library cannot send"},
	{"golang.org/x/crypto/chacha20poly1305", []string{"engine/probe"}, "a suite of TLS that Go's library does not speak"},
	{"golang.org/x/crypto", []string{"web/..."}, "password hashes"},
	{"golang.org/x/text", []string{"assets"}, "languages"},
	{"github.com/nicksnyder/go-i18n", []string{"assets"}, "one place turns ids into words"},
	{"github.com/pelletier/go-toml", []string{"assets"}, "the words are written in TOML"},
	{"github.com/gin-gonic/gin", []string{"web/..."}, "HTTP belongs to the web"},
	{"github.com/danielgtaylor/huma", []string{"web/..."}, "HTTP belongs to the web"},
	{"gorm.io/", []string{"store"}, "no gorm type leaves the store"},
	{"github.com/mattn/go-sqlite3", []string{"store"}, "one door to the database"},
	{"github.com/pressly/goose", []string{"store"}, "migrations are run by the store"},
	{"github.com/wneessen/go-mail", []string{"server/mail"}, "one door to mail servers"},
	{"github.com/spf13/", []string{"server", "server/cli", "server/change", "server/people", "server/startup"}, "flags and commands belong to main and to the packages of its commands"},
	{"syscall", []string{"engine", "engine/atomicfile", "engine/claim", "engine/control", "engine/facts", "engine/kernel", "engine/probe", "engine/script", "engine/spawn", "server", "server/parent", "server/unixsocket", "store"}, "system calls stay with the shells"},
	{"os/exec", []string{"engine/facts", "engine/kernel", "engine/policy", "engine/script", "engine/spawn", "engine/vrrprole", "server/parent"}, "programs are run by engine/script, processes by the parent; others know its errors"},
	{"unsafe", []string{"engine/atomicfile", "engine/kernel", "server", "server/parent"}, "the kernel's structures, calls that Go has no name for, and large texts that are not copied"},
}

// door finds the row of a library: of several the one that says most of its path.
func door(i string) (d struct {
	library string
	rooms   []string
	reason  string
}, found bool) {
	for _, row := range doors {
		if strings.HasPrefix(i, row.library) && len(row.library) > len(d.library) {
			d, found = row, true
		}
	}
	return d, found
}

func TestOutsideLibrariesComeInByTheirDoor(t *testing.T) {
	for _, p := range house(t) {
		for _, c := range throughWalls(p) {
			t.Error(c)
		}
	}
}

// throughWalls are the imports of p that come in by no door.
func throughWalls(p built) (complaints []string) {
	name := p.room()
	if strings.HasPrefix(name, "test/") {
		return nil
	}
	for _, i := range p.notOurs() {
		d, found := door(i)
		switch {
		case !found && !gosOwn(i):
			complaints = append(complaints, name+" imports "+i+", which has no door")
		case found && !slices.ContainsFunc(d.rooms, func(room string) bool { return within(name, room) }):
			complaints = append(complaints, name+" imports "+i+": "+d.reason)
		}
	}
	return complaints
}

// Each door is closed to each room that it does not name.
func TestALibraryThroughAnotherDoorIsTold(t *testing.T) {
	for _, p := range house(t) {
		if strings.HasPrefix(p.room(), "test/") {
			continue
		}
		for _, d := range doors {
			p.Imports = []string{d.library}
			open := slices.ContainsFunc(d.rooms, func(room string) bool { return within(p.room(), room) })
			if told := len(throughWalls(p)) > 0; told == open {
				t.Errorf("%s imports %s: told %v", p.room(), d.library, told)
			}
		}
		p.Imports = []string{"example.org/of/no/door"}
		if len(throughWalls(p)) == 0 {
			t.Errorf("%s may import a library that has no door", p.room())
		}
	}
}

// A door that nobody uses is open for no reason.
func TestEveryDoorIsUsed(t *testing.T) {
	for _, d := range doors {
		for _, room := range d.rooms {
			if !slices.ContainsFunc(house(t), func(p built) bool {
				return within(p.room(), room) && slices.ContainsFunc(p.notOurs(), func(i string) bool {
					used, _ := door(i)
					return used.library == d.library
				})
			}) {
				t.Errorf("%s has a door to %s and does not use it", room, d.library)
			}
		}
	}
}
