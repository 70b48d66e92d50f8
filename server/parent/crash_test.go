package parent_test

import (
	"context"
	"slices"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
)

func TestKilledVRRPRoleIsBackBeforeThePeersTimerEnds(t *testing.T) {
	t.Parallel()
	h, _ := master(t)
	watch := h.node.WatchAddresses()
	before := h.role("vrrp")
	at := h.kill(before)
	h.wire.Expect("an advert after the kill", at.Add(interval), masterDown, h.advert(priority))
	if after := h.role("vrrp"); after == before {
		t.Fatal("it was not killed")
	}
	h.punctual(at.Add(-interval), masterDown-interval)
	if changes := watch.Changes(virtual, at); len(changes) > 0 {
		t.Fatal("the address moved:", changes)
	}
	entries := h.journal("vrrp")
	h.whole(entries)
	if n := count(entries, journal.Started); n != 2 {
		t.Fatal("started", n, "times in", entries)
	}
}

func TestKilledLVSRoleDelaysNoAdvert(t *testing.T) {
	t.Parallel()
	h, _ := master(t)
	before := h.role("lvs")
	at := h.kill(before)
	h.until("another lvs process answers", func() bool {
		st, err := h.client("lvs").Status(context.Background())
		return err == nil && st.PID != before
	})
	h.wire.Expect("a later advert", at.Add(2*interval), 3*interval, h.advert(priority))
	h.punctual(at.Add(-interval), interval+interval/2)
	h.whole(h.journal("lvs"))
}

func TestNextParentTakesOverFromOrphansWithoutALateAdvert(t *testing.T) {
	t.Parallel()
	h, first := master(t)
	watch := h.node.WatchAddresses()
	orphan := h.role("vrrp")
	at := h.kill(first.PID())
	first.Wait(5 * time.Second)
	h.wire.Expect("an advert of the orphan", at, 2*interval, h.advert(priority))
	h.start("second")
	h.until("the orphan is gone", func() bool {
		pids := h.node.Find("vrrp")
		return len(pids) == 1 && pids[0] != orphan
	})
	h.wire.Expect("a later advert", time.Now().Add(interval), 3*interval, h.advert(priority))
	h.punctual(at.Add(-interval), interval+interval/2)
	if changes := watch.Changes(virtual, at); len(changes) > 0 {
		t.Fatal("the address moved:", changes)
	}
	h.whole(h.journal("vrrp"))
	h.role("lvs")
}

func TestOrphansReleaseEverythingWhenNobodyComes(t *testing.T) {
	t.Parallel()
	h, first := master(t)
	at := h.kill(first.PID())
	first.Wait(5 * time.Second)
	h.wire.Expect("the resignation", at, time.Minute, h.advert(0))
	h.until("no process is left", func() bool { return len(h.node.PIDs()) == 0 })
	if took := time.Since(at); took < masterDown {
		t.Fatal("they waited only", took)
	}
	if h.node.Holds(virtual) {
		t.Fatal("the address is still there")
	}
}

func TestOrphanThatHangsIsKilledByItsSuccessor(t *testing.T) {
	t.Parallel()
	h, first := master(t)
	orphan := h.role("vrrp")
	if err := unix.Kill(orphan, unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	at := h.kill(first.PID())
	first.Wait(5 * time.Second)
	h.start("second")
	h.until("the orphan is gone", func() bool {
		pids := h.node.Find("vrrp")
		return len(pids) == 1 && pids[0] != orphan
	})
	h.wire.Expect("an advert of the successor", at.Add(interval), 2*masterDown, h.advert(priority))
}

func TestEverythingKilledAtOnceIsTakenUpByAnEarlyStart(t *testing.T) {
	t.Parallel()
	h, first := master(t)
	watch := h.node.WatchAddresses()
	at := time.Now()
	h.node.KillAll()
	first.Wait(5 * time.Second)
	h.start("second")
	h.wire.Expect("an advert", at, masterDown, h.advert(priority))
	h.role("vrrp")
	if changes := watch.Changes(virtual, at); len(changes) > 0 {
		t.Fatal("the address moved:", changes)
	}
}

func TestEverythingKilledAtOnceIsReleasedByALateStart(t *testing.T) {
	t.Parallel()
	h, first := master(t)
	h.node.KillAll()
	first.Wait(5 * time.Second)
	time.Sleep(masterDown + 500*time.Millisecond)
	if !h.node.Holds(virtual) {
		t.Fatal("the kill took the address along; this test shows nothing")
	}
	h.start("second")
	h.until("the address is gone", func() bool { return !h.node.Holds(virtual) })
	at := time.Now()
	h.wire.Expect("an advert of the newly elected", at, 2*masterDown, h.advert(priority))
	h.until("the address is back", func() bool { return h.node.Holds(virtual) })
}

func TestRoleThatStaysAwayIsReleasedByTheParent(t *testing.T) {
	t.Parallel()
	h, _ := master(t)
	// A process that holds the lock and does nothing stands in for a role that
	// cannot start: a directory in the place of its journal.
	pid := h.role("vrrp")
	if err := unix.Rename(h.run+"/vrrp.journal", h.run+"/vrrp.journal.aside"); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkdir(h.run+"/vrrp.journal", 0o700); err != nil {
		t.Fatal(err)
	}
	at := h.kill(pid)
	h.until("the address is gone", func() bool { return !h.node.Holds(virtual) })
	if took := time.Since(at); took < 3*interval-interval/2 || took > masterDown+2*time.Second {
		t.Fatal("it took", took)
	}
	if err := unix.Rmdir(h.run + "/vrrp.journal"); err != nil {
		t.Fatal(err)
	}
	h.wire.Expect("an advert once it can start", time.Now(), 2*masterDown, h.advert(priority))
}

func TestThreeDeathsInAMinuteBringThePreviousTextBack(t *testing.T) {
	t.Parallel()
	h, p := master(t)
	h.write(config("two", priority-50))
	p.Signal(syscall.SIGHUP)
	h.wire.Expect("the new priority", time.Now(), 5*time.Second, h.advert(priority-50))
	for range 3 {
		pid := h.role("vrrp")
		h.until("it answers", func() bool {
			st, err := h.client("vrrp").Status(context.Background())
			return err == nil && st.PID == pid
		})
		if err := unix.Kill(pid, unix.SIGABRT); err != nil { // as a fault of its own would
			t.Fatal(err)
		}
		h.until("it is gone", func() bool { return unix.Kill(pid, 0) != nil })
	}
	h.wire.Expect("the old priority", time.Now(), 10*time.Second, h.advert(priority))
	if text, _, err := h.client("vrrp").Config(context.Background()); err != nil || text != config("one", priority) {
		t.Fatal(text, err)
	}
	st, err := h.client("vrrp").Status(context.Background())
	if err != nil || !slices.ContainsFunc(st.Held, func(b control.Blocked) bool { return b.Code == code.FellBack }) {
		t.Error("the status does not say so:", st.Held, err)
	}
	h.until("the other role goes back as well, and says so", func() bool {
		st, err := h.client("lvs").Status(context.Background())
		return err == nil && st.Hash == model.Hash([]byte(config("one", priority))) &&
			slices.ContainsFunc(st.Held, func(b control.Blocked) bool { return b.Code == code.FellBackAlong })
	})
}

func TestThreeKillsFromOutsideLeaveTheTextInForce(t *testing.T) {
	t.Parallel()
	h, p := master(t)
	h.write(config("two", priority-50))
	p.Signal(syscall.SIGHUP)
	h.wire.Expect("the new priority", time.Now(), 5*time.Second, h.advert(priority-50))
	for range 4 {
		pid := h.role("vrrp")
		h.kill(pid)
		h.until("another one answers", func() bool {
			st, err := h.client("vrrp").Status(context.Background())
			return err == nil && st.PID != pid
		})
	}
	st, err := h.client("vrrp").Status(context.Background())
	if err != nil || st.Hash != model.Hash([]byte(config("two", priority-50))) || len(st.Held) != 0 {
		t.Error(st.Hash, st.Held, err)
	}
}

func TestPendingConfirmationSurvivesAKillOfTheRole(t *testing.T) {
	t.Parallel()
	h, _ := master(t)
	ctx := context.Background()
	const wait = 4
	p, err := h.client("vrrp").Apply(ctx, control.ApplyRequest{Text: config("two", priority-50), Confirm: wait})
	if err != nil {
		t.Fatal(err)
	}
	applied := time.Now()
	h.wire.Expect("the new priority", applied, 2*interval, h.advert(priority-50))
	h.kill(h.role("vrrp"))
	h.until("it is back and waits", func() bool {
		st, err := h.client("vrrp").Status(ctx)
		return err == nil && st.Pending != nil && st.Pending.Hash == p.Hash
	})
	back := h.wire.Expect("the old priority", applied, wait*time.Second+2*interval, h.advert(priority))
	if took := back.At.Sub(applied); took < wait*time.Second-interval/2 {
		t.Fatal("it went back after", took)
	}
	_, hash, err := h.client("vrrp").Config(ctx)
	if err != nil || hash != model.Hash([]byte(config("one", priority))) {
		t.Fatal(hash, err)
	}
}
