package vrrprole

import (
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
)

// slowWire is a socket whose reader does not run while it stands.
type slowWire struct {
	*kernel.TwinVRRP
	stands *atomic.Bool
	closed chan struct{}
}

func (w slowWire) Receive(take func(kernel.Packet)) error {
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			if !w.stands.Load() {
				w.Waiting(take)
			}
		case <-w.closed:
			return nil
		}
	}
}

func (w slowWire) Close() {
	close(w.closed)
	w.TwinVRRP.Close()
}

// A machine that is paused, or a process that is stopped, wakes up with its
// deadlines behind it and the adverts of all that time still in its sockets.
func TestBackupThatStoodStillHearsBeforeItTakesOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire, stands := kernel.NewWire(), &atomic.Bool{}
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)))
		twin := newTwinLink(t, wire, "192.0.2.2/24")
		b := sit(t, twin, configOf(instance("VI_1", 51, 90, vip)), func(o *Options) {
			o.OpenWire = func(link string, group netip.Addr) (Wire, error) {
				v, err := twin.OpenVRRP(link, group)
				return slowWire{v, stands, make(chan struct{})}, err
			}
		})
		time.Sleep(10*time.Second + 500*time.Millisecond)
		b.is("VI_1", "BACKUP")
		stands.Store(true)
		b.role.(*role).inbox <- loopQuestion(func(*loop) { time.Sleep(10 * time.Second) })
		time.Sleep(11 * time.Second) // the loop goes on first, its reader later
		b.is("VI_1", "BACKUP")
		stands.Store(false)
		time.Sleep(5 * time.Second)
		b.is("VI_1", "BACKUP")
		if got := b.changes("VI_1"); len(got) != 1 {
			t.Errorf("b's journal: %q", got)
		}
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

func TestTimersThatAreMetInTimeAskNoSocket(t *testing.T) {
	now := time.Now()
	for late, want := range map[time.Duration]bool{0: false, 20 * time.Millisecond: false, time.Second: true} {
		if overslept(now.Add(-late), now) != want {
			t.Errorf("%v late: %v", late, !want)
		}
	}
	if overslept(time.Time{}, now) {
		t.Error("nothing was due")
	}
}
