package vrrprole

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/engine/vrrp"
)

// These tests run the role in processes of their own, on a real wire between
// network namespaces.

// elect starts both nodes and waits for a to be master.
func elect(t *testing.T, moreA ...string) (*lab, *labNode, *labNode) {
	t.Helper()
	l := newLab(t)
	a, b := l.nodes["a"], l.nodes["b"]
	b.start(conf("BACKUP", 90))
	a.start(conf("BACKUP", 100, moreA...))
	a.becomes("MASTER", 15*time.Second)
	b.becomes("BACKUP", 15*time.Second)
	return l, a, b
}

// last is the last advert of a node.
func (l *lab) last(node string) time.Time {
	l.t.Helper()
	src := map[string]string{"a": "192.0.2.1", "b": "192.0.2.2"}[node]
	var at time.Time
	for _, p := range l.adverts(time.Time{}) {
		if p.Src.String() == src {
			at = p.At
		}
	}
	return at
}

func TestBackupTakesOverWithinItsSkewAfterAStop(t *testing.T) {
	l, a, b := elect(t)
	a.has(true)
	b.has(false)
	stopped := time.Now()
	a.signal(syscall.SIGTERM)
	took := l.first("b", stopped, 5*time.Second)
	var resigned time.Time
	for _, p := range l.adverts(stopped) {
		if p.Payload[2] == 0 {
			resigned = p.At
			break
		}
	}
	if resigned.IsZero() {
		t.Fatal("a did not resign")
	}
	within(t, "b advertises", took.Sub(resigned), vrrp.Skew(90))
	b.becomes("MASTER", 15*time.Second)
	b.has(true)
	a.has(false)
	for _, left := range []string{"vrrp.record", "vrrp.manifest"} {
		if _, err := os.Stat(filepath.Join(a.dir, left)); err == nil {
			t.Errorf("%s is left", left)
		}
	}
}

func TestBackupTakesOverWhenTheMastersLinkFalls(t *testing.T) {
	l, a, b := elect(t)
	l.ip("-n", a.ns, "link", "set", "eth0", "down")
	lastOfA := l.last("a")
	a.becomes("FAULT", 15*time.Second)
	took := l.first("b", lastOfA, 10*time.Second)
	within(t, "b advertises", took.Sub(lastOfA), down90)
	if s := a.status(); len(s.Held) != 1 || s.Held[0].Code != "link-down" {
		t.Errorf("a: %+v", s.Held)
	}
	a.has(false)
	l.ip("-n", a.ns, "link", "set", "eth0", "up")
	a.becomes("MASTER", 15*time.Second)
	b.becomes("BACKUP", 15*time.Second)
}

func TestKilledMasterResumesBeforeItsPeerNotices(t *testing.T) {
	l, a, b := elect(t)
	a.has(true)
	time.Sleep(1500 * time.Millisecond)
	before := a.status()
	from := time.Now().Add(-time.Second)
	a.kill()
	if !a.holds() {
		t.Fatal("the address went with the process")
	}
	a.again()
	a.becomes("MASTER", 15*time.Second)
	time.Sleep(4 * time.Second)
	list := l.adverts(from)
	for i, p := range list {
		if p.Src.String() != "192.0.2.1" || p.Payload[2] != 100 {
			t.Errorf("an advert of %s with priority %d", p.Src, p.Payload[2])
		}
		if i > 0 {
			if gap := p.At.Sub(list[i-1].At); gap > 1500*time.Millisecond {
				t.Errorf("an advert was late: %v after the one before", gap)
			}
		}
	}
	if len(list) < 5 {
		t.Errorf("only %d adverts", len(list))
	}
	if !a.holds() || b.status().State != "BACKUP" {
		t.Error("the address moved")
	}
	if s := a.status(); s.Since.Sub(before.Since).Abs() > time.Millisecond || s.Reason != before.Reason {
		t.Errorf("it forgot since when and why: %v %s, not %v %s", s.Since, s.Reason, before.Since, before.Reason)
	}
	if !strings.Contains(a.log.String(), "how=resumed") || strings.Count(a.log.String(), "to=MASTER") != 1 {
		t.Errorf("a's log:\n%s", a.log.String())
	}
}

func TestHandoffDoesNotDelayAnAdvert(t *testing.T) {
	l, a, b := elect(t)
	from := time.Now()
	old := a.cmd
	a.again() // asks the old process for the lock
	old.Wait()
	time.Sleep(4 * time.Second)
	list := l.adverts(from)
	for i, p := range list {
		if p.Src.String() != "192.0.2.1" || p.Payload[2] != 100 {
			t.Errorf("an advert of %s with priority %d", p.Src, p.Payload[2])
		}
		if i > 0 {
			if gap := p.At.Sub(list[i-1].At); gap > 1500*time.Millisecond {
				t.Errorf("an advert was late: %v after the one before", gap)
			}
		}
	}
	if !a.holds() || b.status().State != "BACKUP" || a.status().State != "MASTER" {
		t.Error("the address moved")
	}
}

func TestStaleMasterReleasesFirstAndIsElectedAnew(t *testing.T) {
	l, a, b := elect(t)
	a.has(true)
	lastOfA := l.last("a")
	a.kill()
	took := l.first("b", lastOfA.Add(time.Millisecond), 10*time.Second)
	if now := l.last("a"); now.After(lastOfA) {
		lastOfA = now
	}
	within(t, "b advertises", took.Sub(lastOfA), down90)
	if !a.holds() {
		t.Fatal("nothing is left over to release")
	}
	time.Sleep(time.Second)
	from := time.Now()
	a.again()
	a.has(false)
	first := l.first("a", from, 30*time.Second)
	if spoke := l.last("b"); first.Sub(spoke) > 1500*time.Millisecond {
		t.Errorf("b did not stay master: its last advert came %v before the first of a", first.Sub(spoke))
	}
	a.becomes("MASTER", 15*time.Second)
	b.becomes("BACKUP", 15*time.Second)
}

func TestFailingScriptLetsTheOtherTakeOver(t *testing.T) {
	l := newLab(t)
	a, b := l.nodes["a"], l.nodes["b"]
	down := filepath.Join(a.dir, "down")
	b.start(conf("BACKUP", 99))
	a.start(fmt.Sprintf("vrrp_script chk_down {\n    script \"/usr/bin/test ! -e %s\"\n    interval 1\n    weight -2\n    user root\n}\n", down) +
		conf("BACKUP", 100, "track_script {\n        chk_down\n    }"))
	a.becomes("MASTER", 15*time.Second)
	b.becomes("BACKUP", 15*time.Second)
	if err := os.WriteFile(down, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b.becomes("MASTER", 15*time.Second)
	a.becomes("BACKUP", 15*time.Second)
	if s := a.status(); s.Priority != 98 || s.Base != 100 || s.Tracks[1].Up || s.Tracks[1].Adds != -2 {
		t.Errorf("%+v", s)
	}
	if err := os.Remove(down); err != nil {
		t.Fatal(err)
	}
	a.becomes("MASTER", 15*time.Second)
}

func TestNotifyScriptsRunInOrderWithKeepalivedsArguments(t *testing.T) {
	l := newLab(t)
	a := l.nodes["a"]
	out := filepath.Join(a.dir, "out")
	script := filepath.Join(a.dir, "notify.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho \"$@\" >> "+out+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	a.start("global_defs {\n    script_user root\n}\n" + conf("MASTER", 100,
		"notify_master \""+script+" master\"", "notify_backup \""+script+" backup\"",
		"notify_stop \""+script+" stop\"", "notify "+script))
	ran := "backup\nINSTANCE VI_1 BACKUP 100\nmaster\nINSTANCE VI_1 MASTER 100\n"
	said := func() string { text, _ := os.ReadFile(out); return string(text) }
	for end := time.Now().Add(30 * time.Second); said() != ran; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%q\n%s", said(), a.log.String())
		}
	}
	a.signal(syscall.SIGTERM)
	all, got := ran+"stop\nINSTANCE VI_1 STOP 100\n", said()
	// The last two have a second: a machine that is too slow for that is told of.
	cut := strings.HasPrefix(all, got) && strings.Contains(a.log.String(), "notify scripts are still running")
	if got != all && !cut {
		t.Errorf("%q\n%s", got, a.log.String())
	}
}
