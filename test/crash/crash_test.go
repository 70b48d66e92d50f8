package crash

import (
	"syscall"
	"testing"
	"time"

	"holdfast/test/lab"
)

func TestConsoleDiesAndNothingElseNotices(t *testing.T) {
	w := newWorld(t, lab.Serving(), lab.Keepalived("-P"))
	for range 2 {
		w.d1.Kill("web")
		w.stir() // these entries wait in the ring until the console is back
	}
	w.soon("the console is back", 10*time.Second, func() bool { return len(w.d1.Find("web")) == 1 })
	w.gaps(advert/2, advert*3/2)
	w.unmoved()
	for _, role := range []string{"vrrp", "lvs"} {
		w.stored(role, w.whole(role))
	}
}

func TestCheckerDiesAndNoAdvertIsLate(t *testing.T) {
	w := newWorld(t, lab.Serving(), lab.Keepalived("-P"))
	for range 2 {
		w.d1.Kill("lvs")
		w.stir()
		w.soon("the lvs role is back", 10*time.Second, func() bool {
			_, err := w.role("lvs").Status(t.Context())
			return err == nil
		})
	}
	w.gaps(advert/2, advert*3/2)
	w.unmoved()
	for _, role := range []string{"vrrp", "lvs"} {
		w.stored(role, w.whole(role))
	}
}

func TestRouterDiesAndIsBackBeforeItsPeerMoves(t *testing.T) {
	w := newWorld(t, lab.Holdfast(), lab.Keepalived("-P"))
	for range 2 { // a third death within a minute would condemn the text
		at := w.d1.Kill("vrrp")
		back := w.wire.Expect("the vrrp role is master again", at, masterDown, lab.From(w.d1.Addr, high))
		t.Logf("advert %s after the kill", back.At.Sub(at).Round(time.Millisecond))
		time.Sleep(2 * advert)
	}
	w.gaps(advert/2, masterDown)
	w.unmoved()
	w.whole("vrrp")
}

func TestParentDiesAndTheNextStartTakesOver(t *testing.T) {
	w := newWorld(t, lab.Holdfast(), lab.Keepalived("-P"))
	w.d1.Kill("run")
	w.victim.Wait(time.Second)
	time.Sleep(advert)
	w.victim.Start()
	time.Sleep(masterDown + 2*advert)
	w.gaps(advert/2, advert*3/2)
	w.alone()
	w.unmoved()
	if roles := w.d1.Find("vrrp"); len(roles) != 1 {
		t.Errorf("%d vrrp roles run", len(roles))
	}
	w.whole("vrrp")
	w.whole("lvs")
}

func TestParentDiesAndNobodyComesSoAllIsReleased(t *testing.T) {
	w := newWorld(t, lab.Holdfast(), lab.Keepalived("-P"))
	at := w.d1.Kill("run")
	w.victim.Wait(time.Second)
	const limit = 30 * time.Second // how long roles wait for a parent is not what is measured here
	w.soon("the address is released", limit, func() bool { return !w.d1.Holds(w.virtual) })
	w.wire.Expect("the peer takes over", at, limit, lab.From(w.d2.Addr, low))
	w.soon("the roles are gone", 3*time.Second, func() bool { return len(w.d1.PIDs()) == 0 })
	w.alone()
	// Whatever the order: somebody has the address at the end, and one only.
	w.soon("d2 holds the address alone", 2*time.Second, func() bool { return w.d2.Holds(w.virtual) && !w.d1.Holds(w.virtual) })
}

func TestAllDieAndAnEarlyStartGoesOnAsMaster(t *testing.T) {
	w := newWorld(t, lab.Holdfast(), lab.Keepalived("-P"))
	w.victim.Crash()
	w.victim.Start()
	time.Sleep(masterDown + 2*advert)
	w.gaps(advert/2, masterDown)
	w.unmoved()
	w.whole("vrrp")
}

func TestAllDieAndALateStartBeginsAnew(t *testing.T) {
	w := newWorld(t, lab.Holdfast(), lab.Keepalived("-P"))
	at := w.victim.Crash()
	w.wire.Expect("the peer takes over", at, masterDown+time.Second, lab.From(w.d2.Addr, low))
	if !w.d1.Holds(w.virtual) {
		t.Fatal("a crash took the address from the kernel")
	}
	start := time.Now()
	w.victim.Start()
	first := w.wire.Expect("d1 is master again", start, 2*masterDown, lab.From(w.d1.Addr, high))
	changes := w.addresses.Changes(w.virtual, start)
	if len(changes) == 0 || !changes[0].Gone || !changes[0].At.Before(first.At) {
		t.Errorf("what the dead one left was not released before the first advert at %s: %v", first.At.Format("05.000"), changes)
	}
	w.settled()
	w.alone()
	w.whole("vrrp")
}

// The dead one was master only because its better was away: when it comes back
// late, the wire calls for a backup, and what it left has to go.
func TestAllDieAndALateStartYieldsToTheWire(t *testing.T) {
	w := newWorld(t, lab.Keepalived("-P"), lab.Holdfast())
	w.victim.Stop()
	w.wire.Expect("d2 takes over", w.since, masterDown, lab.From(w.d2.Addr, low))
	w.soon("d2 holds the address", time.Second, func() bool { return w.d2.Holds(w.virtual) })
	w.peer.Crash()
	w.victim.Start()
	w.wire.Steady(w.d1.Addr, high, 20*time.Second)
	if !w.d2.Holds(w.virtual) {
		t.Fatal("a crash took the address from the kernel")
	}
	start := time.Now()
	w.peer.Start()
	w.soon("d2 releases what it left", masterDown, func() bool { return !w.d2.Holds(w.virtual) })
	time.Sleep(masterDown)
	if spoke := w.wire.Adverts(w.d2.Addr, start); len(spoke) > 0 {
		t.Errorf("d2 spoke against its better: %v", spoke)
	}
	w.settled()
}

// A paused machine wakes up with its deadlines behind it; the adverts of all that
// time wait in its sockets, and the master was there all along.
// The parent stands still with its role, as when a machine is paused: a role that
// stands still alone is killed.
func TestBackupThatWasStoppedForAWhileStaysBackup(t *testing.T) {
	w := newWorld(t, lab.Keepalived("-P"), lab.Holdfast())
	pids := append(w.d2.Find("run"), w.d2.Find("vrrp")...)
	for range 2 {
		for _, pid := range pids {
			w.signal(pid, syscall.SIGSTOP)
		}
		time.Sleep(masterDown + advert)
		for _, pid := range pids {
			w.signal(pid, syscall.SIGCONT)
		}
		time.Sleep(2 * advert)
	}
	w.unmoved()
}

func TestParentAndRouterDieAndTheLastRoleReleasesTheAddress(t *testing.T) {
	w := newWorld(t, lab.Holdfast(), lab.Keepalived("-P"))
	pids := append(w.d1.Find("run"), w.d1.Find("vrrp")...)
	for _, pid := range pids {
		w.signal(pid, syscall.SIGSTOP) // the parent does not see the role die
	}
	for _, pid := range pids {
		w.signal(pid, syscall.SIGKILL)
	}
	w.victim.Wait(time.Second)
	w.soon("nothing is left on d1", 20*time.Second, func() bool { return !w.d1.Holds(w.virtual) && len(w.d1.PIDs()) == 0 })
	w.soon("d2 holds the address alone", 2*time.Second, func() bool { return w.d2.Holds(w.virtual) })
}
