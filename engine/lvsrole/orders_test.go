package lvsrole

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/atomicfile"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/lvs"
	"holdfast/engine/plan"
)

const tutorialService = "tcp:192.0.2.100:80"

// give gives an order about a server of the tutorial's service.
func (p *process) give(req control.OrderRequest) control.Ordered {
	p.t.Helper()
	if req.Virtual == "" {
		req.Virtual, req.Owner = tutorialService, "li"
	}
	o, err := p.role.(control.Orderly).Order(context.Background(), req)
	if err != nil {
		p.t.Fatal(err)
	}
	return o
}

func (p *process) refused(req control.OrderRequest) *control.Problem {
	p.t.Helper()
	_, err := p.role.(control.Orderly).Order(context.Background(), req)
	var problem *control.Problem
	if !errors.As(err, &problem) {
		p.t.Fatalf("%+v: %v", req, err)
	}
	return problem
}

// opens sets how many connections a server of the tutorial's service has.
func (w *world) opens(server string, s kernel.DestinationStats) {
	key := plan.ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.100"), Port: 80}
	w.twin.Count(key, netip.MustParseAddrPort(server), s)
}

// seconds lets time pass until all that follows has happened.
func seconds(n int) {
	time.Sleep(time.Duration(n)*time.Second + time.Millisecond)
	synctest.Wait()
}

func TestADrainedServerKeepsWhatItHasAndIsSafeToStopOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		w.opens(firstServer, kernel.DestinationStats{Active: 2, Inactive: 1, Persistent: 3})
		seconds(1)
		o := p.give(control.OrderRequest{Server: firstServer, Mode: "drain", Reason: "new kernel"})
		if got := w.pool(); got != "192.0.2.33=0 192.0.2.34=2" || o.Server.State != "DRAINING" || !o.QuorumUp {
			t.Fatalf("pool %s after the answer %+v", got, o)
		}
		if len(o.Lines) != 1 || !strings.Contains(o.Lines[0], "-w 0") {
			t.Errorf("it took %v", o.Lines)
		}
		seconds(5)
		s := p.status().Virtuals[0]
		if left := s.Servers[0].Order.Left; left == nil || *left != (control.Left{Active: 2, Inactive: 1, Persistent: 3}) || s.State != "UP" || s.Servers[0].State != "DRAINING" {
			t.Errorf("status %+v", s)
		}
		p.crash() // in the middle
		p = w.boot(configOf(t, tutorial("")), w.options())
		seconds(5)
		if got := w.pool(); got != "192.0.2.33=0 192.0.2.34=2" {
			t.Fatalf("pool %s after a restart", got)
		}
		if len(w.told(journal.ServerDrained)) != 0 {
			t.Fatal("told to be safe while connections are open")
		}
		w.opens(firstServer, kernel.DestinationStats{Inactive: 1})
		seconds(10)
		p.crash()
		p = w.boot(configOf(t, tutorial("")), w.options())
		seconds(10)
		told := w.told(journal.ServerDrained)
		if len(told) != 1 || told[0].Facts[journal.FactOwner] != "li" || told[0].Object != tutorialService+"/"+firstServer {
			t.Errorf("told %+v", told)
		}
		if s := p.status().Virtuals[0].Servers[0]; s.State != "DRAINED" || s.Order.Drained.IsZero() || s.Order.Reason != "new kernel" {
			t.Errorf("status %+v", s)
		}
		p.give(control.OrderRequest{Server: firstServer, Mode: "back"})
		if got := w.pool(); got != bothServers {
			t.Errorf("pool %s with the server back", got)
		}
		if e := w.told(journal.ServerOrder); len(e) != 2 || e[1].Facts[journal.FactTo] != "back" || e[1].Facts[journal.FactFrom] != "drain" {
			t.Errorf("journal %+v", e)
		}
		p.crash()
	})
}

func TestADrainUnderAHashSaysWhoseClientsAreTurnedAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for flag, away := range map[string]string{"": "192.0.2.33:80", "sh-fallback": ""} {
			w := newWorld(t)
			p := w.boot(configOf(t, strings.Replace(tutorial(""), "lb_algo wrr", "lb_algo sh\n"+flag, 1)), w.options())
			seconds(1)
			if held := p.status().Virtuals[0].Held; len(held) != 0 {
				t.Errorf("%s: at first %+v", flag, held)
			}
			got := ""
			for _, h := range p.give(control.OrderRequest{Server: firstServer, Mode: "drain"}).Held {
				got += h.Args["servers"]
			}
			if got != away {
				t.Errorf("with the flag %q the clients of %q are told as turned away, want %q", flag, got, away)
			}
			p.give(control.OrderRequest{Server: firstServer, Mode: "back"})
			if held := p.status().Virtuals[0].Held; len(held) != 0 {
				t.Errorf("%s: at the end %+v", flag, held)
			}
			p.crash()
		}
	})
}

func TestEachEndOfADrainWaitsForWhatItSays(t *testing.T) {
	for until, left := range map[string]kernel.DestinationStats{
		"active": {Inactive: 3, Persistent: 2}, "all": {Persistent: 2}, "persistent": {},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			p := w.boot(configOf(t, tutorial("")), w.options())
			defer p.crash()
			more := left
			switch until {
			case "active":
				more.Active = 1
			case "all":
				more.Inactive = 1
			default:
				more.Persistent = 1
			}
			w.opens(firstServer, more)
			p.give(control.OrderRequest{Server: firstServer, Mode: "drain", Until: until, Within: 3})
			seconds(6)
			if p.status().Virtuals[0].Servers[0].State != "DRAINING" || len(w.told(journal.DrainOverdue)) != 1 {
				t.Errorf("%s: %+v", until, p.status().Virtuals[0].Servers[0])
			}
			w.opens(firstServer, left)
			seconds(3)
			if p.status().Virtuals[0].Servers[0].State != "DRAINED" || len(w.told(journal.DrainOverdue)) != 1 {
				t.Errorf("%s: %+v", until, p.status().Virtuals[0].Servers[0])
			}
		})
	}
}

func TestAnOrderStaysThroughAnApplyThatSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		p.give(control.OrderRequest{Server: otherServer, Mode: "drain"})
		heavier := configOf(t, strings.Replace(tutorial(""), "weight 2", "weight 5", 1))
		planned, err := p.role.Plan(t.Context(), heavier)
		if err != nil || len(planned.Operations) != 0 {
			t.Errorf("plan %v, %v", planned.Lines, err)
		}
		for _, said := range []control.Planned{planned, p.apply(heavier)} {
			if len(said.Warnings) != 1 || said.Warnings[0].Code != "order-stays" || said.Warnings[0].Args["weight"] != "5" || said.Warnings[0].Args["owner"] != "li" {
				t.Errorf("warnings %+v", said.Warnings)
			}
		}
		if got := w.pool(); got != "192.0.2.33=1 192.0.2.34=0" {
			t.Errorf("pool %s", got)
		}
		without := configOf(t, strings.Replace(tutorial(""), "192.0.2.34", "192.0.2.35", 1))
		p.apply(without)
		if said := p.apply(heavier); len(said.Warnings) != 1 || w.pool() != "192.0.2.33=1 192.0.2.34=0" {
			t.Errorf("the server is back with %s, %+v", w.pool(), said.Warnings)
		}
		p.give(control.OrderRequest{Server: otherServer, Mode: "back"})
		if got := w.pool(); got != "192.0.2.33=1 192.0.2.34=5" {
			t.Errorf("pool %s with the server back", got)
		}
	})
}

func TestOffTakesAServerOutAndAForcedWeightStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		p.give(control.OrderRequest{Server: firstServer, Mode: "off"})
		o := p.give(control.OrderRequest{Server: otherServer, Mode: "weight", Weight: 70000})
		if got := w.pool(); got != "192.0.2.34=70000" || o.Server.Weight != 70000 || o.Server.State != "UNCHECKED" {
			t.Errorf("pool %s, %+v", got, o)
		}
		p.crash()
		p = w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		seconds(20) // checks run
		s := p.status().Virtuals[0]
		if got := w.pool(); got != "192.0.2.34=70000" || s.Servers[0].State != "OFF" || s.Servers[1].State != "UP" || s.State != "UP" {
			t.Errorf("pool %s, %+v", got, s)
		}
		if o := p.give(control.OrderRequest{Server: otherServer, Mode: "weight"}); o.Server.State != "DRAINING" {
			t.Errorf("weight 0 gives %+v", o.Server)
		}
	})
}

func TestDrainingTheLastServerBringsTheSorryServerAndCutsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		w.opens(otherServer, kernel.DestinationStats{Active: 1})
		p.give(control.OrderRequest{Server: firstServer, Mode: "off"})
		o := p.give(control.OrderRequest{Server: otherServer, Mode: "drain"})
		if got := w.pool(); got != "127.0.0.1=1 192.0.2.34=0" || o.QuorumUp {
			t.Errorf("pool %s, %+v", got, o)
		}
		w.breakDown(otherServer, "connection refused")
		seconds(60)
		if got := w.pool(); got != "127.0.0.1=1 192.0.2.34=0" {
			t.Errorf("pool %s once the drained server fails", got)
		}
	})
}

func TestWhoWaitsForADrainIsAnsweredAtItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		w.opens(firstServer, kernel.DestinationStats{Active: 1})
		p.give(control.OrderRequest{Server: firstServer, Mode: "drain"})
		type answer struct {
			control.Ordered
			after time.Duration
		}
		wait := func(most time.Duration) chan answer {
			got, began := make(chan answer, 1), time.Now()
			go func() {
				o, err := p.role.(control.Orderly).AwaitDrain(context.Background(), "192.0.2.100:80", firstServer, most)
				if err != nil {
					t.Error(err)
				}
				got <- answer{o, time.Since(began)}
			}()
			return got
		}
		if a := <-wait(5 * time.Second); a.after < 5*time.Second || a.Server.State != "DRAINING" {
			t.Errorf("after %v: %+v", a.after, a.Server)
		}
		got := wait(time.Minute)
		seconds(3)
		w.opens(firstServer, kernel.DestinationStats{})
		if a := <-got; a.after > 10*time.Second || a.Server.State != "DRAINED" {
			t.Errorf("after %v: %+v", a.after, a.Server)
		}
		if a := <-wait(time.Minute); a.after != 0 {
			t.Errorf("what is over is waited for %v", a.after)
		}
	})
}

func TestBoundClientsLeaveADrainedServerAndTheSettingIsPutBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		cfg := configOf(t, tutorial("persistence_timeout 300"))
		p := w.boot(cfg, w.options())
		synctest.Wait()
		if w.leaves {
			t.Error("set without need")
		}
		p.give(control.OrderRequest{Server: firstServer, Mode: "drain"})
		if !w.leaves {
			t.Error("bound clients stay")
		}
		p.crash()
		p = w.boot(cfg, w.options())
		synctest.Wait()
		p.give(control.OrderRequest{Server: firstServer, Mode: "back"})
		if w.leaves {
			t.Error("not put back")
		}
		w.leaves = true // the administrator's
		p.give(control.OrderRequest{Server: firstServer, Mode: "drain"})
		p.give(control.OrderRequest{Server: firstServer, Mode: "back"})
		if !w.leaves {
			t.Error("what was set before us is gone")
		}
		w.leaves = false
		p.give(control.OrderRequest{Server: firstServer, Mode: "drain"})
		p.stop(control.Release)
		if w.leaves {
			t.Error("left behind at the end")
		}
	})
}

func TestOrdersThatCannotBeMeantAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		synctest.Wait()
		for want, req := range map[string]control.OrderRequest{
			"not-found no service tcp:192.0.2.1:80":                           {Virtual: "tcp:192.0.2.1:80", Server: firstServer, Mode: "off"},
			"not-found service tcp:192.0.2.100:80 has no server 192.0.2.9:80": {Virtual: "192.0.2.100:80", Server: "192.0.2.9:80", Mode: "back"},
			`invalid mode "stop" is none of drain, off, weight and back`:      {Virtual: tutorialService, Server: firstServer, Mode: "stop"},
			"invalid weight -1 is not within 0..2147483647":                   {Virtual: tutorialService, Server: firstServer, Mode: "weight", Weight: -1},
			`invalid until "idle" is none of active, all and persistent`:      {Virtual: tutorialService, Server: firstServer, Mode: "drain", Until: "idle"},
			"invalid within is not a number of seconds up to 31622400":        {Virtual: tutorialService, Server: firstServer, Mode: "drain", Within: 1e300},
			"invalid owner and reason may have 1000 bytes each":               {Virtual: tutorialService, Server: firstServer, Mode: "drain", Reason: strings.Repeat("x", 1001)},
		} {
			if got := p.refused(req); got.Code+" "+got.Message != want {
				t.Errorf("%s %s\nwant %s", got.Code, got.Message, want)
			}
		}
		if got := w.pool(); got != bothServers || len(w.told(journal.ServerOrder)) != 0 {
			t.Errorf("pool %s", got)
		}
	})
}

// fullDisk takes no file.
type fullDisk struct{ atomicfile.Real }

var errFull = errors.New("no space left on device")

func (fullDisk) Write(string, []byte) error { return errFull }

func TestAnOrderThatCannotBeKeptIsNotCarriedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.disk = fullDisk{}
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		_, err := p.role.(control.Orderly).Order(t.Context(), control.OrderRequest{Virtual: tutorialService, Server: firstServer, Mode: "drain"})
		if !errors.Is(err, errFull) || w.pool() != bothServers || p.status().Virtuals[0].Servers[0].Order != nil {
			t.Errorf("%v, pool %s", err, w.pool())
		}
	})
}

func TestOrdersThatCannotBeReadAreToldAndLeftOnDisk(t *testing.T) {
	for _, text := range []string{"\x00{garbage", `{"version":9}`} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			path := filepath.Join(w.dir, ordersName)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			p := w.boot(configOf(t, tutorial("")), w.options())
			defer p.crash()
			synctest.Wait()
			e := w.told(journal.Notice)
			if len(e) != 1 || e[0].Facts[journal.FactCode] != "orders-lost" || w.pool() != bothServers {
				t.Errorf("journal %+v, pool %s", e, w.pool())
			}
			if left, err := os.ReadFile(path); err != nil || string(left) != text {
				t.Errorf("left %q, %v", left, err)
			}
		})
	}
}

func TestCountersAreReadPerServiceAndServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		synctest.Wait()
		w.opens(firstServer, kernel.DestinationStats{Active: 2, Counters: plan.Counters{Connections: 1 << 40, InBytes: 1 << 50, Rates: plan.Rates{Connections: 7}}})
		seconds(2) // what the start may have read is not recent any more
		for _, of := range []string{"", tutorialService} {
			all, err := p.role.(control.Counting).Stats(t.Context(), of)
			if err != nil || len(all) != 1 || len(all[0].Servers) != 2 {
				t.Fatalf("%q: %+v, %v", of, all, err)
			}
			if n := all[0].Servers[0]; n.Name != firstServer || n.Active != 2 || n.Connections != 1<<40 || n.InBytes != 1<<50 || n.Rates.Connections != 7 {
				t.Errorf("%q: %+v", of, n)
			}
		}
		if _, err := p.role.(control.Counting).Stats(t.Context(), "tcp:192.0.2.1:80"); err == nil {
			t.Error("a service that is not there has counters")
		}
	})
}

func TestOrdersAreValues(t *testing.T) {
	var none orders
	one := none.with("v", "a", order{Mode: lvs.Off})
	both := one.with("v", "b", order{Mode: lvs.Drain})
	if len(none) != 0 || len(one["v"]) != 1 || len(both["v"]) != 2 {
		t.Error(none, one, both)
	}
	if rest := both.with("v", "a", order{}).with("v", "b", order{}); len(rest) != 0 || len(both["v"]) != 2 {
		t.Error(rest, both)
	}
}
