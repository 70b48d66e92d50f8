package lvsrole

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

func TestOneChangedWeightAmongThousandServicesIsOneOperation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		text := func(weight int) model.Config {
			var b strings.Builder
			for i := range 1000 {
				n := 1
				if i == 500 {
					n = weight
				}
				fmt.Fprintf(&b, "virtual_server 10.1.%d.%d 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n", i/250, i%250)
				fmt.Fprintf(&b, "real_server 10.2.%d.%d 80 {\nweight %d\n}\n}\n", i/250, i%250, n)
			}
			return configOf(t, b.String())
		}
		opt, read := w.options(), ""
		opt.OpenIPVS = func() (IPVS, error) { return listened{w.twin, &read}, nil }
		p := w.boot(text(1), opt)
		defer p.crash()
		synctest.Wait()
		before := len(w.twin.Applied())
		read = ""
		if before != 2000 {
			t.Fatalf("%d operations for 1000 services with a destination each", before)
		}
		planned, err := p.role.Plan(t.Context(), text(3))
		if err != nil || len(planned.Operations) != 1 {
			t.Errorf("planned %v, %v", planned.Lines, err)
		}
		if read != "one " {
			t.Errorf("a plan read %s", read)
		}
		read = ""
		applied := p.apply(text(3))
		if read != "one one " {
			t.Errorf("an apply read %s", read)
		}
		if len(applied.Operations) != 1 || applied.Operations[0].Verb != plan.EditDestination {
			t.Errorf("applied %v", applied.Lines)
		}
		if n := len(w.twin.Applied()) - before; n != 1 {
			t.Errorf("%d operations reached the kernel", n)
		}
	})
}

// listened notes what is read through a door.
type listened struct {
	IPVS
	read *string
}

func (l listened) Read() ([]plan.Service, error) {
	*l.read += "all "
	return l.IPVS.Read()
}

func (l listened) ReadSome(keys []plan.ServiceKey) ([]plan.Service, error) {
	*l.read += map[bool]string{true: "one ", false: "some "}[len(keys) == 1]
	return l.IPVS.ReadSome(keys)
}

func TestApplyKeepsWhatStaysAndRemovesWhatWent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		other := strings.ReplaceAll(tutorial(""), "192.0.2.100", "192.0.2.101")
		p := w.boot(configOf(t, tutorial("")+other), w.options())
		defer p.crash()
		w.breakDown(firstServer, "connection refused")
		time.Sleep(20 * time.Second)
		told := len(w.told(journal.ServerState))
		p.apply(configOf(t, strings.ReplaceAll(tutorial(""), "weight 2", "weight 5")))
		synctest.Wait()
		if got := w.pool(); got != "192.0.2.34=5" {
			t.Errorf("pool %s", got)
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		after := w.told(journal.ServerState)[told:]
		if told != 2 || len(after) != 1 || after[0].Object != "tcp:192.0.2.101:80/192.0.2.34:80" || after[0].Facts["reason"] != "removed" {
			t.Errorf("%d transitions before the apply, after it %+v", told, after)
		}
	})
}

func TestPlanChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		synctest.Wait()
		before := len(w.twin.Applied())
		planned, err := p.role.Plan(t.Context(), configOf(t, tutorial("quorum 2\nhysteresis 1")))
		if err != nil || len(planned.Operations) != 0 {
			t.Errorf("%v, %v", planned.Lines, err)
		}
		if got := strings.Join(planned.Changes, "; "); got != "tcp:192.0.2.100:80: quorum 1 -> 2; tcp:192.0.2.100:80: hysteresis 0 -> 1" {
			t.Errorf("changes: %s", got)
		}
		if planned, err = p.role.Plan(t.Context(), model.Config{}); err != nil || len(planned.Operations) != 1 {
			t.Errorf("an empty configuration plans %v, %v", planned.Lines, err)
		}
		if n := len(w.twin.Applied()) - before; n != 0 {
			t.Errorf("%d operations", n)
		}
	})
}

// stranger puts a service of somebody else into the table, and a destination of
// somebody else into ours.
func (w *world) stranger() {
	key := plan.ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.200"), Port: 443}
	end := plan.Destination{Addr: netip.MustParseAddr("10.9.9.9"), Port: 80, Method: plan.DirectRoute, Weight: 1}
	ours := plan.ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.100"), Port: 80}
	_, err := w.twin.Apply(context.Background(), plan.Plan{
		{Verb: plan.AddService, Service: plan.Service{Key: key, Scheduler: "rr"}},
		{Verb: plan.AddDestination, Service: plan.Service{Key: key}, Destination: end},
		{Verb: plan.AddDestination, Service: plan.Service{Key: ours}, Destination: end},
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestReleaseRemovesOursAndLeavesStrangers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		synctest.Wait()
		w.stranger()
		time.Sleep(2 * time.Minute) // the table is read again meanwhile
		want := "ipvsadm -a -t 192.0.2.100:80 -r 10.9.9.9:80 -g -w 1, " +
			"ipvsadm -A -t 192.0.2.200:443 -s rr, ipvsadm -a -t 192.0.2.200:443 -r 10.9.9.9:80 -g -w 1"
		if got := strings.Join(p.status().Strangers, ", "); got != want {
			t.Errorf("strangers: %s", got)
		}
		p.stop(control.Release)
		table := w.table()
		if len(table) != 2 || poolOf(table[0]) != "10.9.9.9=1" || poolOf(table[1]) != "10.9.9.9=1" {
			t.Errorf("left: %+v", table)
		}
		for _, name := range []string{recordName, "lvs.manifest"} {
			if _, err := os.Stat(filepath.Join(w.dir, name)); err == nil {
				t.Errorf("%s is still there", name)
			}
		}
		if n := len(w.told(journal.Drift)); n != 0 {
			t.Errorf("%d drifts told about what is not ours", n)
		}
	})
}

func TestHandoffAndCrashLeaveTheTableAndTheNextProcessGoesOn(t *testing.T) {
	for _, end := range []string{"crash", "handoff"} {
		t.Run(end, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				cfg := configOf(t, tutorial("alpha\ninhibit_on_failure"))
				p := w.boot(cfg, w.options())
				time.Sleep(20 * time.Second)
				w.breakDown(firstServer, "connection refused")
				time.Sleep(30 * time.Second)
				if end == "crash" {
					path := filepath.Join(w.dir, recordName)
					record, err := os.ReadFile(path)
					if err != nil {
						t.Fatal(err)
					}
					p.crash() // writes the record once more, which a real crash does not
					if err := os.WriteFile(path, record, 0o600); err != nil {
						t.Fatal(err)
					}
				} else {
					p.stop(control.Handoff)
				}
				before, told := len(w.twin.Applied()), len(w.told(journal.ServerState))
				p = w.boot(cfg, w.options())
				defer p.crash()
				synctest.Wait()
				s := p.status().Virtuals[0]
				if s.Servers[0].State != "DOWN" || s.Servers[0].Reason != "connection refused" || s.Servers[1].State != "UP" {
					t.Errorf("resumed as %+v", s.Servers)
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				if n := len(w.twin.Applied()) - before; n != 0 {
					t.Errorf("%d operations after the restart: %v", n, w.twin.Applied()[before:])
				}
				if n := len(w.told(journal.ServerState)) - told; n != 0 {
					t.Errorf("%d transitions after the restart", n)
				}
				if started := w.told(journal.Started); started[0].Facts["how"] != "fresh" || started[1].Facts["how"] != "resumed" {
					t.Errorf("started: %+v", started)
				}
			})
		})
	}
}

func TestNextProcessRemovesWhatOnlyTheOldConfigurationHad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		synctest.Wait()
		p.crash()
		p = w.boot(configOf(t, strings.ReplaceAll(tutorial(""), "192.0.2.100", "192.0.2.101")), w.options())
		defer p.crash()
		synctest.Wait()
		if table := w.table(); len(table) != 1 || table[0].Key.Addr.String() != "192.0.2.101" {
			t.Errorf("table %+v", table)
		}
	})
}

func TestManifestNamesAServiceBeforeItIsAdded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		named := false
		w.twin.Refuse(func(op plan.Op) error {
			text, err := os.ReadFile(filepath.Join(w.dir, "lvs.manifest"))
			named = err == nil && strings.Contains(string(text), "192.0.2.33") && strings.Contains(string(text), "127.0.0.1")
			return nil
		})
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		synctest.Wait()
		if !named {
			t.Error("the table was written before the manifest")
		}
	})
}

func TestServiceThatIsThereAlreadyIsAdopted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		key := plan.ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.100"), Port: 80}
		if _, err := w.twin.Apply(t.Context(), plan.Plan{{Verb: plan.AddService, Service: plan.Service{Key: key, Scheduler: "rr"}}}); err != nil {
			t.Fatal(err)
		}
		p := w.boot(configOf(t, tutorial("")), w.options())
		synctest.Wait()
		if s := w.table()[0]; s.Scheduler != "wrr" || poolOf(s) != bothServers {
			t.Errorf("table %+v", s)
		}
		p.stop(control.Release)
		if len(w.table()) != 0 {
			t.Error("the adopted service was not released")
		}
	})
}

func TestDriftIsMendedAndTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		synctest.Wait()
		gone := plan.Op{Verb: plan.DeleteDestination, Service: plan.Service{Key: w.table()[0].Key}, Destination: w.table()[0].Destinations[1]}
		if _, err := w.twin.Apply(t.Context(), plan.Plan{gone}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(31 * time.Second)
		synctest.Wait()
		if got := w.pool(); got != bothServers {
			t.Errorf("pool %s", got)
		}
		e := w.told(journal.Drift)
		if len(e) != 1 || e[0].Object != "tcp:192.0.2.100:80" || !strings.Contains(e[0].Facts["operation"], "192.0.2.34:80") {
			t.Errorf("journal: %+v", e)
		}
	})
}

func TestWhatOthersDidToTheTableIsFoundByTheFirstRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		opt := w.options()
		opt.Reread = time.Hour
		p := w.boot(configOf(t, tutorial("")), opt)
		defer p.crash()
		w.breakDown(firstServer, "connection refused")
		time.Sleep(20 * time.Second)
		gone := plan.Op{Verb: plan.DeleteService, Service: plan.Service{Key: w.table()[0].Key}}
		if _, err := w.twin.Apply(t.Context(), plan.Plan{gone}); err != nil {
			t.Fatal(err)
		}
		w.heal(firstServer)
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if got := w.pool(); got != bothServers {
			t.Errorf("pool %s", got)
		}
		if s := p.status(); len(s.Virtuals[0].Held) != 0 || !s.Virtuals[0].Servers[0].InPool {
			t.Errorf("status %+v", s.Virtuals[0])
		}
		var drift []string
		for _, e := range w.told(journal.Drift) {
			drift = append(drift, e.Facts["operation"])
		}
		want := "ipvsadm -A -t 192.0.2.100:80 -s wrr, ipvsadm -a -t 192.0.2.100:80 -r 192.0.2.34:80 -g -w 2"
		if got := strings.Join(drift, ", "); got != want || len(w.told(journal.KernelError)) != 0 {
			t.Errorf("told %s; refusals %+v", got, w.told(journal.KernelError))
		}
	})
}

func TestApplyMendsWhatOthersDidToWhatItTouches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		opt := w.options()
		opt.Reread = time.Hour
		var text strings.Builder
		for i := range 9 {
			text.WriteString(strings.ReplaceAll(tutorial(""), "192.0.2.100", fmt.Sprint("192.0.2.10", i)))
		}
		p := w.boot(configOf(t, text.String()), opt)
		defer p.crash()
		synctest.Wait()
		first := w.table()[0]
		odd := first
		odd.Scheduler = "rr"
		if _, err := w.twin.Apply(t.Context(), plan.Plan{
			{Verb: plan.EditService, Service: odd},
			{Verb: plan.DeleteDestination, Service: first, Destination: first.Destinations[0]},
		}); err != nil {
			t.Fatal(err)
		}
		applied := p.apply(configOf(t, strings.Replace(text.String(), "weight 2", "weight 5", 1)))
		if len(applied.Operations) != 3 || poolOf(w.table()[0]) != "192.0.2.33=1 192.0.2.34=5" || w.table()[0].Scheduler != "wrr" {
			t.Errorf("did %v, table %+v", applied.Lines, w.table()[0])
		}
		if n := len(w.told(journal.Drift)); n != 2 {
			t.Errorf("%d drifts told", n)
		}
	})
}

func TestWithoutIPVSChecksRunAndTheTableIsInstalledWhenItAppears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.absent = true
		w.breakDown(firstServer, "connection refused")
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		time.Sleep(10 * time.Second)
		s := p.status()
		v := s.Virtuals[0]
		if len(s.Held) != 1 || s.Held[0].Code != "no-ipvs" || len(v.Held) != 1 || v.Installed || v.Servers[1].InPool {
			t.Errorf("status %+v", s)
		}
		want := "ipvsadm -A -t 192.0.2.100:80 -s wrr|ipvsadm -a -t 192.0.2.100:80 -r 192.0.2.34:80 -g -w 2"
		if got := strings.Join(v.Wanted, "|"); got != want {
			t.Errorf("wanted %s", got)
		}
		w.mu.Lock()
		w.absent = false
		w.mu.Unlock()
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if got := w.pool(); got != "192.0.2.34=2" {
			t.Errorf("pool %s", got)
		}
		if s = p.status(); len(s.Held) != 0 || !s.Virtuals[0].Installed || !s.Virtuals[0].Servers[1].InPool {
			t.Errorf("status %+v", s)
		}
		if held, free := w.told(journal.Held), w.told(journal.Unheld); len(held) != 1 || len(free) != 1 {
			t.Errorf("told %d held, %d unheld", len(held), len(free))
		}
	})
}

func TestRefusedServiceKeepsNobodyElseBackAndIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.twin.Refuse(func(op plan.Op) error {
			if op.Service.Key.Addr.String() == "192.0.2.101" {
				return plan.ENOENT // no such scheduler
			}
			return nil
		})
		other := strings.ReplaceAll(tutorial(""), "192.0.2.100", "192.0.2.101")
		p := w.boot(configOf(t, other+tutorial("")), w.options())
		defer p.crash()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if got := w.pool(); got != bothServers {
			t.Errorf("pool %s", got)
		}
		if e := w.told(journal.KernelError); len(e) != 1 || e[0].Object != "tcp:192.0.2.101:80" {
			t.Errorf("journal: %+v", e)
		}
		if held := p.status().Virtuals[0].Held; len(held) != 1 || held[0].Code != "kernel-refused" {
			t.Errorf("held: %+v", held)
		}
		w.twin.Refuse(nil)
		time.Sleep(31 * time.Second)
		if len(w.table()) != 2 || len(p.status().Virtuals[0].Held) != 0 {
			t.Error("it was not tried again")
		}
	})
}

func TestRestartOfAHealthyTableTellsNothingAndRecordsLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		for i := range 200 {
			text.WriteString(strings.ReplaceAll(tutorial("smtp_alert"), "192.0.2.100", fmt.Sprint("192.0.3.", i)))
		}
		cfg := configOf(t, text.String())
		w := newWorld(t)
		p := w.boot(cfg, w.options())
		time.Sleep(20 * time.Second)
		record, err := os.ReadFile(filepath.Join(w.dir, recordName))
		if err != nil || len(record) > 300 {
			t.Errorf("a record of %d bytes, %v", len(record), err)
		}
		p.stop(control.Handoff)
		if n := len(w.told(journal.QuorumState)); n != 200 {
			t.Errorf("%d quorums told at the start to those who asked for mails", n)
		}
		p = w.boot(cfg, w.options())
		defer p.crash()
		time.Sleep(20 * time.Second)
		if n := len(w.told(journal.QuorumState)); n != 200 {
			t.Errorf("%d quorums told after the restart", n-200)
		}
	})
}

// The kernel answers live connections of a family with RST once its last service is gone.
func TestTheLastServiceStaysWhileTheKernelRefusesTheNextOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		synctest.Wait()
		w.twin.Refuse(func(op plan.Op) error {
			if op.Verb == plan.AddService {
				return plan.ENOENT // no such scheduler
			}
			return nil
		})
		next := configOf(t, strings.ReplaceAll(tutorial(""), "192.0.2.100", "192.0.2.101"))
		done := p.apply(next)
		if got := fmt.Sprint(done.Lines); len(done.Held) == 0 || strings.Contains(got, "-D") || len(w.table()) != 1 || w.table()[0].Key.Addr.String() != "192.0.2.100" {
			t.Errorf("%s, held %v, left %+v", got, done.Held, w.table())
		}
		w.twin.Refuse(nil)
		time.Sleep(time.Minute) // the next look
		synctest.Wait()
		if left := w.table(); len(left) != 1 || left[0].Key.Addr.String() != "192.0.2.101" {
			t.Errorf("left %+v", left)
		}
		p.stop(control.Release)
		if left := w.table(); len(left) != 0 {
			t.Errorf("left %+v", left)
		}
	})
}
