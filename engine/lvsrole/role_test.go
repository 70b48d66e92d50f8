package lvsrole

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/probe"
)

func TestServersAreInTheTableBeforeAnyCheckRan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		synctest.Wait()
		if got := w.pool(); got != bothServers || len(w.probed) != 0 {
			t.Errorf("pool %s after %d probes", got, len(w.probed))
		}
	})
}

func TestFirstChecksAreSpreadOverWarmupAfterASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		start := time.Now()
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		time.Sleep(7*time.Second + wheelTick)
		synctest.Wait()
		first := map[string]time.Duration{}
		for _, probed := range w.probed {
			if _, seen := first[probed.target]; !seen {
				first[probed.target] = probed.at.Sub(start)
			}
		}
		if len(first) != 2 || first[firstServer] == first[otherServer] {
			t.Fatalf("first probes %v", first)
		}
		for target, at := range first {
			if at < time.Second {
				t.Errorf("%s is asked after %v", target, at)
			}
		}
	})
}

func TestServerLeavesAfterRetryPlusOneFailuresAndComesBackWithTheFirstSuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		time.Sleep(20 * time.Second)
		w.breakDown(firstServer, "connection refused")
		time.Sleep(9 * time.Second) // three retries of 3 s take longer, whenever they begin
		synctest.Wait()
		if got := w.pool(); got != bothServers {
			t.Fatalf("left before its retries were over: %s", got)
		}
		time.Sleep(6*time.Second + 10*wheelTick)
		synctest.Wait()
		if got := w.pool(); got != "192.0.2.34=2" {
			t.Fatalf("pool %s, want the failed server gone", got)
		}
		e := w.told(journal.ServerState)
		if len(e) != 1 || e[0].Object != "tcp:192.0.2.100:80/192.0.2.33:80" || !e[0].Mail ||
			e[0].Facts["to"] != "DOWN" || e[0].Facts["reason"] != "connection refused" {
			t.Errorf("journal: %+v", e)
		}
		w.heal(firstServer)
		time.Sleep(6*time.Second + 10*wheelTick)
		synctest.Wait()
		if got := w.pool(); got != bothServers {
			t.Errorf("pool %s, want the server back within a delay_loop", got)
		}
	})
}

func TestFirstRunDecidesByOneFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.breakDown(firstServer, "HTTP 503, 1 ms")
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		time.Sleep(7*time.Second + 10*wheelTick)
		synctest.Wait()
		if got := w.pool(); got != "192.0.2.34=2" {
			t.Errorf("pool %s", got)
		}
	})
}

func TestThereIsAlwaysADestinationWhileTheSorryServerComesAndGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		w.breakDown(firstServer, "connection refused")
		w.breakDown(otherServer, "HTTP 500, 1 ms")
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if got := w.pool(); got != "127.0.0.1=1" {
			t.Fatalf("pool %s, want the sorry server alone", got)
		}
		w.heal(firstServer)
		time.Sleep(7 * time.Second)
		synctest.Wait()
		if got := w.pool(); got != "192.0.2.33=1" {
			t.Fatalf("pool %s, want the server that is back alone", got)
		}
		var s plan.State
		for i, op := range w.twin.Applied() {
			var err error
			if s, err = s.With(op); err != nil {
				t.Fatal(err)
			}
			if i > 0 && len(s.Services[0].Destinations) == 0 {
				t.Fatalf("no destination after %s", op)
			}
		}
		quorum := w.told(journal.QuorumState)
		if len(quorum) != 2 || quorum[0].Facts["to"] != "DOWN" || quorum[1].Facts["to"] != "UP" || quorum[0].Mail {
			t.Errorf("journal: %+v", quorum)
		}
	})
}

func TestCheckNeverOverlapsItselfAndAFullPoolIsANotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		opt := w.options()
		opt.Probes = 1
		flying := map[string]bool{}
		opt.Probe = func(ctx context.Context, c model.Check) probe.Result {
			name := c.Target.Addr.String()
			w.mu.Lock()
			if flying[name] || len(flying) > 0 {
				t.Errorf("%s is asked while %v are", name, flying)
			}
			flying[name] = true
			w.probed = append(w.probed, probed{name, time.Now()})
			w.mu.Unlock()
			time.Sleep(20 * time.Second) // far longer than delay_loop
			w.mu.Lock()
			delete(flying, name)
			w.mu.Unlock()
			return probe.Result{Up: true}
		}
		p := w.boot(configOf(t, tutorial("")), opt)
		defer func() { time.Sleep(time.Minute); p.crash() }()
		time.Sleep(2 * time.Minute)
		w.mu.Lock()
		asked := map[string]bool{}
		for _, probed := range w.probed {
			asked[probed.target] = true
		}
		w.mu.Unlock()
		if len(asked) != 2 {
			t.Errorf("asked only %v", asked)
		}
		if e := w.told(journal.Notice); len(e) == 0 || e[0].Facts["code"] != "probes-full" {
			t.Errorf("journal: %+v", e)
		}
	})
}

func TestChecksPauseWhileTheAddressIsElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true})
		p := w.boot(configOf(t, tutorial("ha_suspend")), w.options())
		defer p.crash()
		w.breakDown(firstServer, "connection refused")
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(w.probed) != 0 || w.pool() != bothServers {
			t.Fatalf("%d probes, pool %s", len(w.probed), w.pool())
		}
		vip := plan.Address{Link: "eth0", Prefix: netip.MustParsePrefix("192.0.2.100/32")}
		if _, err := w.twin.Apply(t.Context(), plan.Plan{{Verb: plan.AddAddress, Address: vip}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(7 * time.Second)
		synctest.Wait()
		if got := w.pool(); got != "192.0.2.34=2" {
			t.Errorf("pool %s a delay_loop after the address came", got)
		}
	})
}
