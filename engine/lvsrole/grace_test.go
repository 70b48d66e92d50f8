package lvsrole

import (
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/plan"
)

func TestServersThatFailForAMomentKeepWhatTheyHave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("! holdfast: failing_grace 40")), w.options())
		defer p.crash()
		seconds(20)
		w.breakDown(firstServer, "connection refused")
		w.breakDown(otherServer, "connection refused")
		seconds(25)
		if got := w.pool(); got != "127.0.0.1=1 192.0.2.33=0 192.0.2.34=0" {
			t.Fatalf("pool %s while all fail", got)
		}
		w.heal(firstServer)
		w.heal(otherServer)
		seconds(10)
		if got := w.pool(); got != bothServers {
			t.Fatalf("pool %s afterwards", got)
		}
		for _, op := range w.twin.Applied() {
			if op.Verb == plan.DeleteDestination && op.Destination.Addr.String() != "127.0.0.1" {
				t.Errorf("%s", op)
			}
		}
	})
}

func TestAFailedServerLeavesWhenItsGraceIsOverAlsoAfterARestart(t *testing.T) {
	for _, restart := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			cfg := configOf(t, tutorial("! holdfast: failing_grace 40"))
			p := w.boot(cfg, w.options())
			defer func() { p.crash() }()
			seconds(20)
			w.breakDown(firstServer, "connection refused")
			for w.pool() == bothServers {
				seconds(1)
			}
			failed := time.Now()
			if restart {
				seconds(5)
				p.crash()
				p = w.boot(cfg, w.options())
			}
			for w.pool() == "192.0.2.33=0 192.0.2.34=2" {
				time.Sleep(100 * time.Millisecond)
				synctest.Wait()
			}
			if took := time.Since(failed); w.pool() != "192.0.2.34=2" || took < 38*time.Second || took > 42*time.Second {
				t.Errorf("restart %v: pool %s after %v", restart, w.pool(), took)
			}
		})
	}
}

func TestAServerThatComesBackGetsItsWeightStepByStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		text := `virtual_server 192.0.2.100 80 {
    lb_algo wrr
    protocol TCP
    ! holdfast: slow_start 20
    real_server 192.0.2.33 80 {
        weight 50
    }
    real_server 192.0.2.34 80 {
        weight 50
    }
}
`
		p := w.boot(configOf(t, text), w.options())
		defer p.crash()
		synctest.Wait()
		if got := w.pool(); got != "192.0.2.33=50 192.0.2.34=50" {
			t.Fatalf("pool %s at the start", got)
		}
		p.give(control.OrderRequest{Server: firstServer, Mode: "off"})
		p.give(control.OrderRequest{Server: firstServer, Mode: "back"})
		for i, want := range []string{"5", "10", "15", "20", "25", "30", "35", "40", "45", "50", "50"} {
			synctest.Wait()
			if got := w.pool(); got != "192.0.2.33="+want+" 192.0.2.34=50" {
				t.Errorf("pool %s after %d steps", got, i)
			}
			if i == 3 { // an apply in the middle
				p.apply(configOf(t, text+"! a comment\n"))
			}
			time.Sleep(2 * time.Second)
		}
	})
}
