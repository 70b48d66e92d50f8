package lvsrole

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// counted counts the operations that go through a door.
type counted struct {
	IPVS
	ops *atomic.Int64
}

func (c counted) Apply(ctx context.Context, p plan.Plan) (plan.Plan, error) {
	c.ops.Add(int64(len(p)))
	return c.IPVS.Apply(ctx, p)
}

// guest is a world with the kernel's own table, in a network namespace made
// for the test.
type guest struct {
	*world
	open func() (IPVS, error)
	own  *kernel.IPVS // the test's view
	ops  atomic.Int64

	inside func(do func() error) error // runs do in the namespace
}

func newGuest(t *testing.T) *guest {
	t.Helper()
	g := &guest{world: newWorld(t)}
	ready, done := make(chan int, 1), make(chan struct{})
	failed := make(chan error, 1)
	// The namespace lives as long as this thread, which ends with the test.
	go func() {
		runtime.LockOSThread()
		err := unix.Unshare(unix.CLONE_NEWNET)
		if err == nil {
			err = exec.Command("ip", "link", "set", "lo", "up").Run()
		}
		failed <- err
		ready <- unix.Gettid()
		<-done
	}()
	t.Cleanup(func() { close(done) })
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/proc/self/task/%d/ns/net", <-ready)
	g.inside = func(do func() error) error {
		done := make(chan error, 1)
		go func() {
			runtime.LockOSThread() // the thread stays in the namespace, so it is given up
			fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
			if err == nil {
				err = unix.Setns(fd, unix.CLONE_NEWNET)
				unix.Close(fd)
			}
			if err == nil {
				err = do()
			}
			done <- err
		}()
		return <-done
	}
	open := func() (k *kernel.IPVS, err error) {
		err = g.inside(func() (err error) {
			k, err = kernel.OpenIPVS(kernel.Modprobe)
			return err
		})
		return k, err
	}
	own, err := open()
	if err != nil {
		if os.Getenv("UML_GUEST") == "" {
			t.Skipf("the guest runs this test: %v", err)
		}
		t.Fatal(err)
	}
	t.Cleanup(own.Close)
	g.own = own
	g.open = func() (IPVS, error) {
		k, err := open()
		return counted{k, &g.ops}, err
	}
	return g
}

func (g *guest) options() Options {
	opt := g.world.options()
	opt.OpenIPVS = g.open
	opt.TemplatesExpire = func() (on bool, err error) {
		err = g.inside(func() (err error) {
			on, err = kernel.TemplatesExpire()
			return err
		})
		return on, err
	}
	opt.ExpireTemplates = func(on bool) error {
		return g.inside(func() error { return kernel.ExpireTemplates(on) })
	}
	opt.Reread = time.Second
	return opt
}

func (g *guest) read() []plan.Service {
	g.t.Helper()
	table, err := g.own.Read()
	if err != nil {
		g.t.Fatal(err)
	}
	return table
}

func (g *guest) write(p plan.Plan) {
	g.t.Helper()
	if _, err := g.own.Apply(g.t.Context(), p); err != nil {
		g.t.Fatal(err)
	}
}

// holds says whether the only service has exactly these destinations.
func (g *guest) holds(pool string) func() bool {
	return func() bool {
		table := g.read()
		return len(table) == 1 && poolOf(table[0]) == pool
	}
}

// brisk is the tutorial's virtual server with checks that run often.
func brisk(more ...string) string {
	return strings.NewReplacer("delay_loop 6", "delay_loop 0.1", "delay_before_retry 3", "delay_before_retry 0.1").Replace(tutorial(strings.Join(more, "\n")))
}

func TestGuestTutorialServiceFollowsItsChecks(t *testing.T) {
	g := newGuest(t)
	p := g.boot(configOf(t, brisk()), g.options())
	eventually(t, "both servers", g.holds(bothServers))
	service := g.read()[0]
	if service.Scheduler != "wrr" || service.Destinations[0].Method != plan.DirectRoute {
		t.Errorf("service %+v", service)
	}
	g.breakDown(firstServer, "connection refused")
	eventually(t, "node3 leaves", g.holds("192.0.2.34=2"))
	g.breakDown(otherServer, "HTTP 500, 1 ms")
	eventually(t, "the sorry server alone", g.holds("127.0.0.1=1"))
	g.heal(firstServer)
	eventually(t, "node3 alone", g.holds("192.0.2.33=1"))
	g.heal(otherServer)
	eventually(t, "both again", g.holds(bothServers))
	if s := p.status(); len(s.Held) != 0 || !s.Virtuals[0].Installed || !s.Virtuals[0].Servers[0].InPool {
		t.Errorf("status %+v", s)
	}
	p.stop(control.Release)
	if left := g.read(); len(left) != 0 {
		t.Errorf("left %+v", left)
	}
}

func TestGuestOneChangedWeightAmongThousandServicesIsOneOperation(t *testing.T) {
	g := newGuest(t)
	text := func(weight int) string {
		var b strings.Builder
		for i := range 1000 {
			n := 1
			if i == 500 {
				n = weight
			}
			fmt.Fprintf(&b, "virtual_server 10.1.%d.%d 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n", i/250, i%250)
			fmt.Fprintf(&b, "real_server 10.2.%d.%d 80 {\nweight %d\n}\n}\n", i/250, i%250, n)
		}
		return b.String()
	}
	opt := g.options()
	opt.Reread = time.Hour
	start := time.Now()
	p := g.boot(configOf(t, text(1)), opt)
	defer p.crash()
	eventually(t, "all services", func() bool { return g.ops.Load() == 2000 && len(g.read()) == 1000 })
	t.Logf("1000 services after %v", time.Since(start))
	if planned := p.apply(configOf(t, text(3))); len(planned.Operations) != 1 {
		t.Errorf("applied %v", planned.Lines)
	}
	if n := g.ops.Load() - 2000; n != 1 {
		t.Errorf("%d operations reached the kernel", n)
	}
	changed := 0
	for _, s := range g.read() {
		if s.Destinations[0].Weight == 3 {
			changed++
		}
	}
	if changed != 1 {
		t.Errorf("%d destinations have the new weight", changed)
	}
}

func TestGuestReleaseLeavesStrangersUntouched(t *testing.T) {
	g := newGuest(t)
	stranger := plan.Service{
		Key:       plan.ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.200"), Port: 443},
		Scheduler: "sh", Flags: plan.SchedFlag2,
		Destinations: []plan.Destination{{Addr: netip.MustParseAddr("10.9.9.9"), Port: 443, Method: plan.DirectRoute, Weight: 7}},
	}
	g.write(plan.Diff(plan.State{}, plan.State{Services: []plan.Service{stranger}}))
	p := g.boot(configOf(t, brisk()), g.options())
	eventually(t, "our service beside the stranger's", func() bool { return len(g.read()) == 2 })
	time.Sleep(1500 * time.Millisecond) // the table is read again meanwhile
	p.stop(control.Release)
	left := g.read()
	if d := plan.Diff(plan.State{Services: left}, plan.State{Services: []plan.Service{stranger}}); len(d) != 0 {
		t.Errorf("left %+v", left)
	}
}

func TestGuestRestartChangesNothingInTheTable(t *testing.T) {
	g := newGuest(t)
	cfg := configOf(t, brisk())
	p := g.boot(cfg, g.options())
	g.breakDown(firstServer, "connection refused")
	eventually(t, "node3 left", g.holds("192.0.2.34=2"))
	eventually(t, "the record", func() bool {
		text, err := os.ReadFile(g.dir + "/" + recordName)
		return err == nil && strings.Contains(string(text), "connection refused")
	})
	p.crash()
	before := g.ops.Load()
	p = g.boot(cfg, g.options())
	time.Sleep(3 * time.Second) // checks run, and the table is read again
	if !g.holds("192.0.2.34=2")() || g.ops.Load() != before {
		t.Errorf("%d operations, table %+v", g.ops.Load()-before, g.read())
	}
	p.stop(control.Release)
}

func TestGuestDriftIsMended(t *testing.T) {
	g := newGuest(t)
	p := g.boot(configOf(t, brisk()), g.options())
	defer p.stop(control.Release)
	eventually(t, "both servers, as read back", func() bool { return g.holds(bothServers)() && p.status().Virtuals[0].Installed })
	g.write(plan.Plan{{Verb: plan.DeleteService, Service: plan.Service{Key: g.read()[0].Key}}})
	eventually(t, "all is back", g.holds(bothServers))
	eventually(t, "an entry in the journal", func() bool { return len(g.told(journal.Drift)) > 0 })
	if e := g.told(journal.Drift); e[0].Object != "tcp:192.0.2.100:80" {
		t.Errorf("journal: %+v", e)
	}
}
