package interop

import (
	"fmt"
	"os"
	"testing"
	"time"

	"holdfast/test/lab"
)

// quick is a router of version 3 that speaks ten times a second.
func quick(priority int, before, words string) string {
	return fmt.Sprintf("%s\nvrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\npriority %d\nversion 3\nadvert_int 0.1\nvirtual_ipaddress {\n192.0.2.100/32\n}\n%s\n}\n", before, priority, words)
}

// A number in a file changes the priority on the wire as keepalived changes it.
func TestANumberInAFileIsOnTheWireWhatKeepalivedMakesOfIt(t *testing.T) {
	t.Parallel()
	for _, program := range []lab.Program{keepalived(), lab.Holdfast()} {
		t.Run(program.Name, func(t *testing.T) {
			t.Parallel()
			l := lab.New(t, lab.Options{Nodes: []string{"d1"}})
			wire, n := l.Capture(), l.Node("d1")
			path := l.Dir + "/number"
			n.Direct(program, quick(100, "track_file F {\nfile "+path+"\nweight 2\n}", "track_file {\nF\n}"))
			wire.Expect("master", time.Now(), 20*time.Second, lab.From(n.Addr, 100))
			for _, row := range []struct {
				text     string
				priority int
			}{{"7", 114}, {"010", 116}, {"-010", 84}, {"0x10", 132}, {"3abc", 106}, {"text", 100}, {"-50", 1}, {"99", 254}, {"99999999999", 254}, {"-127", 0}, {"0", 100}} {
				before := time.Now()
				if err := os.WriteFile(path, []byte(row.text), 0o644); err != nil {
					t.Fatal(err)
				}
				wire.Expect(fmt.Sprintf("priority %d with %q in the file", row.priority, row.text), before, 5*time.Second, lab.From(n.Addr, row.priority))
			}
		})
	}
}

// Where a process ends that an instance cannot be without, it resigns at once, and the
// peer waits for its skew only.
func TestTheEndOfAProcessMovesTheAddressAtOnce(t *testing.T) {
	t.Parallel()
	p := newPair(t, lab.Holdfast(), keepalived())
	n := p.lab.Node("d1")
	process := p.lab.Dir + "/tracked-by-one"
	text, err := os.ReadFile("/bin/sleep")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(process, text, 0o755); err != nil {
		t.Fatal(err)
	}
	p.d1.Write("keepalived.conf", quick(254, "vrrp_track_process P {\nprocess "+process+"\nfull_command\n}", "track_process {\nP\n}"), 0o644)
	p.d2.Write("keepalived.conf", quick(253, "", ""), 0o644)
	p.d1.Start()
	p.d2.Start()
	p.wire.Expect("d2 is master while the process does not run", time.Now(), 20*time.Second, lab.From(p.a2, 253))
	for range rounds() {
		before := time.Now()
		tracked := n.Start("tracked", lab.Setting{}, urgent(process, "60")...) // to end takes the processor, too
		p.wire.Expect("d1 preempts", before, 20*time.Second, lab.From(p.a1, 254))
		p.wire.Steady(p.a1, 254, 5*time.Second)
		killed := time.Now()
		tracked.Signal(9)
		resigned := p.wire.Expect("d1 resigns", killed, time.Second, lab.From(p.a1, 0))
		first := p.wire.Expect("d2 takes over", resigned.At, time.Second, lab.From(p.a2, 253))
		p.within("the peer's advert after the end of a tracked process", first.At.Sub(killed), 0, late)
	}
	p.summary()
}
