package beside

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
	"holdfast/test/lab"
)

// host is a program on a host of its own.
type host struct {
	*lab.Director
	t    *testing.T
	node *lab.Node
	door *kernel.IPVS
}

func newHost(t *testing.T, p lab.Program, text string) *host {
	t.Helper()
	return prepare(t, p, text, func(*host) {})
}

// prepare is newHost, with something that is done before the program starts.
func prepare(t *testing.T, p lab.Program, text string, before func(*host)) *host {
	t.Helper()
	l := lab.New(t, lab.Options{Nodes: []string{"d1"}})
	n := l.Node("d1")
	h := &host{t: t, node: n}
	if err := n.Do(func() (err error) { h.door, err = kernel.OpenIPVS(kernel.Modprobe); return err }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.door.Close)
	before(h)
	h.Director = n.Direct(p, text)
	return h
}

// state is what the kernel has.
func (h *host) state() (s plan.State) {
	h.t.Helper()
	services, err := h.door.Read()
	if err == nil {
		s.Services = services
		s.Daemons, err = h.door.Daemons()
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return s.Normal()
}

// size counts what there is, and names the daemons.
func size(s plan.State) string {
	destinations := 0
	for _, v := range s.Services {
		destinations += len(v.Destinations)
	}
	out := fmt.Sprintf("%d services %d destinations", len(s.Services), destinations)
	for _, d := range s.Daemons {
		out += " " + d.State.String()
	}
	return out
}

// part is one text of a story, and how much keepalived makes of it: another size than
// of the part before, by which one sees that it has reloaded.
type part struct{ size, text string }

// story reads a file: each part begins with a line "=== SIZE".
func story(t *testing.T, file string) (parts []part) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range strings.Split(string(text), "=== ")[1:] {
		size, text, _ := strings.Cut(section, "\n")
		parts = append(parts, part{strings.TrimSpace(size), text})
	}
	return parts
}

var same = cmp.Options{cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.EquateEmpty()}

func TestGuestTheKernelHasWhatKeepalivedMakesOfTheSameFile(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			parts := story(t, file)
			theirs, ours := newHost(t, lab.Keepalived(), parts[0].text), newHost(t, lab.Holdfast(), parts[0].text)
			for i, p := range parts {
				if i > 0 {
					for _, h := range []*host{theirs, ours} {
						h.Write("keepalived.conf", p.text, 0o644)
						h.Signal(syscall.SIGHUP)
					}
				}
				want := reached(t, theirs, func(s plan.State) bool { return size(s) == p.size })
				if size(want) != p.size {
					t.Fatalf("part %d: keepalived has %s, want %s:\n%s", i, size(want), p.size, words(want))
				}
				got := reached(t, ours, func(s plan.State) bool { return cmp.Equal(s, want, same) })
				if d := cmp.Diff(want, got, same); d != "" {
					t.Fatalf("part %d: the kernel has otherwise (+) than with keepalived (-):\n%s\n%s", i, d, words(got))
				}
			}
			ours.Stop() // keepalived leaves what a reload has put into a group
			if left := ours.state(); size(left) != "0 services 0 destinations" {
				t.Errorf("holdfast leaves\n%s", words(left))
			}
		})
	}
}

// reached waits until the kernel has what is to be, and gives what it has.
func reached(t *testing.T, h *host, enough func(plan.State) bool) (s plan.State) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if s = h.state(); enough(s) {
			return s
		}
		if h.Ended() {
			t.Fatalf("%s has ended", h.Program.Name)
		}
	}
	return s
}

func words(s plan.State) string { return strings.Join(plan.Diff(plan.State{}, s).Lines(), "\n") }
