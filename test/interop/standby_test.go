package interop

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"holdfast/test/lab"
)

// standbyConfig is one side of a pair that operators hand over: instances of one word
// more, in one sync group where there are two.
func standbyConfig(version, count, priority int, advert time.Duration, more string) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, "vrrp_instance VI_%d {\nstate BACKUP\ninterface eth0\nvirtual_router_id %d\npriority %d\nversion %d\nadvert_int %g\nvirtual_ipaddress {\n192.0.2.%d/32\n}\n%s\n}\n",
			i+1, 51+i, priority, version, advert.Seconds(), 100+i, more)
	}
	if count > 1 {
		b.WriteString("vrrp_sync_group G {\ngroup {\nVI_1\nVI_2\n}\n}\n")
	}
	return b.String()
}

// command runs holdfast for a director, and gives its exit status and what it says.
func command(t *testing.T, d *lab.Director, args ...string) (int, string) {
	t.Helper()
	cmd := exec.Command(lab.Binary(), append(args, "--run-dir", d.Run)...)
	out, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// done is command that is to succeed.
func done(t *testing.T, d *lab.Director, args ...string) string {
	t.Helper()
	code, out := command(t, d, args...)
	if code != 0 {
		t.Fatalf("holdfast %v ended with %d: %s", args, code, out)
	}
	return out
}

// An operator has addresses handed over to keepalived, and back, and keeps the node in
// maintenance over a restart and a crash; when keepalived is gone, it holds them.
func TestOperatorsHandAddressesOverToKeepalived(t *testing.T) {
	t.Parallel()
	const fast = 200 * time.Millisecond
	for what, c := range map[string]struct {
		version, count int
		advert         time.Duration
		more           string
	}{
		"version 2":             {2, 1, time.Second, "authentication {\nauth_type PASS\nauth_pass 64e06f86\n}"},
		"version 3":             {3, 1, fast, ""},
		"a sync group of two":   {3, 2, fast, ""},
		"who may not preempt":   {3, 1, fast, "nopreempt"},
		"higher prio send too":  {3, 1, fast, "higher_prio_send_advert"},
		"a delay of preemption": {3, 1, fast, "preempt_delay 1"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			l := lab.New(t, lab.Options{Nodes: []string{"d1", "d2"}})
			wire, n1, n2 := l.Capture(), l.Node("d1"), l.Node("d2")
			master := func(n *lab.Node, priority int) {
				t.Helper()
				wire.Steady(n.Addr, priority, 12*c.advert+3*time.Second)
				for i := range c.count {
					for _, other := range []*lab.Node{n1, n2} {
						(&pair{T: t, lab: l, virtual: l.Addr(byte(100 + i))}).owns(other, other == n)
					}
				}
			}
			gone := func() { // a real crash takes the addresses along
				n2.KillAll()
				for i := range c.count {
					n2.Drop(l.Addr(byte(100 + i)))
				}
			}
			d2 := n2.Direct(keepalived(), standbyConfig(c.version, c.count, low, c.advert, c.more))
			master(n2, low)
			d1 := n1.Director(lab.Holdfast(), standbyConfig(c.version, c.count, high, c.advert, c.more))
			d1.Start()
			if c.more == "nopreempt" {
				time.Sleep(2 * time.Second)
				wire.Expect("d2 goes on", time.Now(), 2*time.Second, lab.From(n2.Addr, low))
				d2.Stop()
				master(n1, high)
				d2.Start()
				time.Sleep(2 * time.Second) // a backup is silent
			}
			master(n1, high)
			watch := n1.WatchAddresses()

			began := time.Now()
			if shown := done(t, d1, "hand-over", "--all", "--dry-run"); !strings.Contains(shown, n2.Addr.String()+" (100)") {
				t.Errorf("a dry run tells %q", shown)
			}
			if told := done(t, d1, "hand-over", "VI_1", "--reason", "new cable"); !strings.Contains(told, n2.Addr.String()+" holds the addresses") {
				t.Errorf("it tells %q", told)
			}
			resigned := wire.Expect("priority 0 of d1", began, time.Second, lab.From(n1.Addr, 0))
			first := wire.Expect("d2 takes over", resigned.At, 3*c.advert, lab.From(n2.Addr, low))
			master(n2, low)
			for i := range c.count {
				changes := watch.Changes(l.Addr(byte(100+i)), began)
				if len(changes) != 1 || !changes[0].Gone {
					t.Errorf("the address of VI_%d: %+v", i+1, changes)
				} else if c.count == 1 && changes[0].At.Before(first.At) {
					t.Errorf("nobody held the address for %v", first.At.Sub(changes[0].At))
				}
			}
			time.Sleep(4*c.advert + 1500*time.Millisecond)
			for _, f := range wire.Adverts(n1.Addr, first.At.Add(late)) {
				if c.more != "higher_prio_send_advert" || f.Priority != 0 {
					t.Errorf("d1 speaks after it handed over: %v", f)
				}
			}

			done(t, d1, "hand-over", "--back", "--all")
			if c.more == "nopreempt" { // it may not take them back by itself
				gone()
				master(n1, high)
				d2.Start()
				time.Sleep(2 * time.Second)
			}
			master(n1, high)

			done(t, d1, "maintenance", "on", "--reason", "new disk")
			master(n2, low)
			quiet := time.Now()
			d1.Stop()
			d1.Start()
			time.Sleep(4*c.advert + time.Second)
			d1.Crash()
			d1.Start()
			time.Sleep(4*c.advert + time.Second)
			master(n2, low)
			if spoke := wire.Adverts(n1.Addr, quiet); len(spoke) > 0 {
				t.Errorf("d1 speaks in maintenance: %v", spoke[0])
			}
			gone()
			master(n1, 1)
			if told := done(t, d1, "status"); !strings.Contains(told, "no other router took over") || !strings.Contains(told, "new disk") {
				t.Errorf("status tells %q", told)
			}
			if c.more != "nopreempt" {
				d2.Start()
				master(n2, low)
			}
			done(t, d1, "maintenance", "off")
			master(n1, high)
		})
	}
}
