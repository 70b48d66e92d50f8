package vrrprole

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/state"
	"holdfast/engine/vrrp"
)

// pairs is how many pairs of texts a world is asked for: short in every run, long
// with HOLDFAST_LONG.
func pairs(short, long int) int {
	if os.Getenv("HOLDFAST_LONG") != "" {
		return long
	}
	return short
}

var pairLinks = []string{"e0", "e1", "e2"}

// randomText is a configuration of a few instances over few addresses, so that two
// of them meet often: in one address that two instances share, in one that moves,
// in one that is written otherwise.
func randomText(r *rand.Rand) string {
	scopes := map[string]string{} // of a link and subnet: the kernel wants one in each
	address := func(link string, six bool) string {
		host := 100 + r.IntN(4)
		if six {
			return fmt.Sprintf("2001:db8::%d/%d", host, []int{64, 128}[r.IntN(2)])
		}
		text, at := fmt.Sprintf("198.51.100.%d/24", host), link
		if r.IntN(2) == 0 {
			text = fmt.Sprintf("192.0.2.%d/32", host)
			at += text
		}
		dev := link
		if r.IntN(3) == 0 {
			dev = pairLinks[r.IntN(3)]
			at = strings.Replace(at, link, dev, 1)
			text += " dev " + dev
		}
		if scopes[at] == "" {
			scopes[at] = []string{"global", "site", "link", "50"}[r.IntN(4)]
		}
		text += " scope " + scopes[at]
		switch r.IntN(4) {
		case 0:
			text += " brd +"
		case 1:
			text += " brd 198.51.100.9"
		}
		if r.IntN(2) == 0 {
			text += fmt.Sprintf(" label %s:%d", dev, r.IntN(3))
		}
		if r.IntN(5) == 0 {
			text += " no_track"
		}
		return text
	}
	var b strings.Builder
	var names []string
	fmt.Fprintf(&b, "vrrp_script chk {\nscript /nonexistent/chk\n%s}\n", []string{"", "init_fail\n"}[r.IntN(2)])
	for i := range 4 {
		if r.IntN(5) == 0 {
			continue
		}
		name, link := fmt.Sprintf("VI_%d", i), pairLinks[(i+r.IntN(6)/5)%3]
		names = append(names, name)
		state, priority := "BACKUP", 1+r.IntN(200)
		if r.IntN(8) == 0 {
			state, priority = "MASTER", 255
		}
		fmt.Fprintf(&b, "vrrp_instance %s {\nstate %s\ninterface %s\nvirtual_router_id %d\npriority %d\n", name, state, link, 10+i, priority)
		switch r.IntN(12) {
		case 0:
			b.WriteString("track_interface {\ne9\n}\n") // there is none
		case 1:
			b.WriteString("track_interface {\ne9 weight -20\n}\n")
		case 2:
			b.WriteString("mcast_src_ip 192.0.2.9\n") // nor that
		case 3:
			if priority != 255 { // the owner takes over when it answers, which is later
				b.WriteString("track_script {\nchk\n}\n")
			}
		}
		if r.IntN(3) == 0 {
			b.WriteString([]string{"use_vmac\n", "use_vmac\nvmac_xmit_base\n", "use_vmac\nuse_vmac_addr\n", "use_vmac mine\n"}[r.IntN(4)])
		}
		b.WriteString("virtual_ipaddress {\n")
		for range 1 + r.IntN(3) {
			b.WriteString(address(link, false) + "\n")
		}
		b.WriteString("}\nvirtual_ipaddress_excluded {\n")
		for range r.IntN(3) {
			b.WriteString(address(link, r.IntN(3) == 0) + "\n")
		}
		b.WriteString("}\n" + randomRoutes(r, "virtual") + "}\n")
	}
	if r.IntN(3) == 0 {
		b.WriteString(randomRoutes(r, "static"))
	}
	if r.IntN(3) == 0 {
		fmt.Fprintf(&b, "static_ipaddress {\n203.0.113.%d/24 dev e%d\n}\n", r.IntN(3), r.IntN(3))
	}
	if r.IntN(3) == 0 && len(names) > 1 {
		fmt.Fprintf(&b, "vrrp_sync_group VG {\ngroup {\n%s\n}\n}\n", strings.Join(names[:2], "\n"))
	}
	return b.String()
}

// randomRoutes are blocks of few routes and rules, so that two texts meet often.
func randomRoutes(r *rand.Rand, sort string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s_routes {\n", sort)
	for range r.IntN(3) {
		dev := pairLinks[r.IntN(3)]
		b.WriteString([]string{
			"203.0.114.0/24 dev " + dev, "203.0.114.0/24 via 192.0.2.9 dev " + dev, "blackhole 203.0.115.0/24", "203.0.115.0/24 dev " + dev + " table 7",
			"2001:db8:7::/48 dev " + dev, "203.0.116.0/24 nexthop via 192.0.2.9 dev e0 nexthop via 192.0.2.8 dev e1",
		}[r.IntN(6)])
		b.WriteString([]string{"", "", " no_track", " metric 7"}[r.IntN(4)] + "\n")
	}
	fmt.Fprintf(&b, "}\n%s_rules {\n", sort)
	for range r.IntN(3) {
		b.WriteString([]string{"from 198.51.100.0/24 table 7", "fwmark 7 table 7", "to 203.0.113.0/24 blackhole", "inet6 to 2001:db8:7::/48 table 7"}[r.IntN(4)])
		fmt.Fprintf(&b, " preference %d%s\n", 5+r.IntN(2), []string{"", " no_track"}[r.IntN(2)])
	}
	b.WriteString("}\n")
	return b.String()
}

func configFrom(t *testing.T, text string) model.Config {
	t.Helper()
	c, findings := model.Parse("x", []byte(text), model.Facts{})
	if model.Failed(findings) {
		t.Fatalf("%v\n%s", findings, text)
	}
	return model.Resolve(c)
}

// leaveMasters writes the record that an earlier run would have left, in which some
// of the routers of cfg were master until just now and the others backup.
func leaveMasters(t *testing.T, dir string, cfg model.Config, r *rand.Rand) {
	t.Helper()
	record := newRecord(dir, nil)
	if err := record.renew(); err != nil {
		t.Fatal(err)
	}
	defer record.close()
	cfg, _ = place(cfg, nil, nil)
	now, place := time.Now(), 0
	for _, team := range newTeams(cfg) {
		master := r.IntN(4) > 0
		for _, router := range team.routers {
			router.state = vrrp.State{Role: vrrp.Backup, Since: now, Priority: router.core.Priority, Due: now.Add(3 * time.Second)}
			if master {
				router.state.Role, router.sent = vrrp.Master, now
			}
			if err := record.write(place, slotOf(router, state.ReadBootClock())); err != nil {
				t.Fatal(err)
			}
			place++
		}
	}
	if err := record.publish(); err != nil {
		t.Fatal(err)
	}
}

// pairWorld is a kernel in which a pair is tried.
type pairWorld struct {
	dir       string
	opt       Options
	addresses func() ([]plan.Address, error)
	routes    func([]plan.Route) ([]plan.Route, error)
	rules     func([]plan.Rule) ([]plan.Rule, error)
	applied   func() plan.Plan // what the kernel did, if it can tell
}

// held is which of the addresses that a text may name the kernel has.
func (w pairWorld) held(t *testing.T) []plan.Address {
	t.Helper()
	all, err := w.addresses()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(a plan.Address) bool {
		return a.Prefix.Addr().IsLinkLocalUnicast() || a.Prefix.Addr() == netip.MustParseAddr("192.0.2.1") || !slices.Contains(pairLinks, a.Link) && !ofVMAC(a.Link)
	})
}

// tryPair runs a text, asks what another would do, applies that, and compares
// operation by operation. It says whether the election moved meanwhile, as time may
// have it: what that does comes after what the plan said.
func (w pairWorld) tryPair(t *testing.T, seed uint64) (operations int, moved bool) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	one, two := randomText(r), randomText(r)
	before, after := configFrom(t, one), configFrom(t, two)
	leaveMasters(t, w.dir, before, r)
	s := sitIn(t, w.dir, before, w.opt)
	// News of what the start did, and each script's first answer, come before the plan:
	// between plan and apply they would make another world of it.
	time.Sleep(time.Millisecond)
	for slices.ContainsFunc(s.status().Scripts, func(one control.ScriptStatus) bool { return one.Detail == "" }) {
		time.Sleep(time.Millisecond)
	}
	ctx := context.Background()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("pair %d: %s\n%s\n------\n%s", seed, fmt.Sprintf(format, args...), one, two)
	}
	if p, err := s.role.Plan(ctx, before); err != nil || len(p.Operations) > 0 {
		fail("the running text asks for %q, %v", p.Lines, err)
	}
	changes := len(s.transitions())
	said, err := s.role.Plan(ctx, after)
	if err != nil {
		fail("plan: %v", err)
	}
	had := len(w.applied())
	did, err := s.role.Apply(ctx, after)
	if err != nil {
		fail("apply: %v", err)
	}
	moves := s.transitions()[changes:]
	moved = slices.ContainsFunc(moves, func(e journal.Entry) bool { // by time, which goes on in a real kernel
		return e.Facts["to"] == "MASTER" && e.Facts["reason"] != string(vrrp.Owner)
	})
	if n := len(said.Operations); len(did.Operations) < n || !slices.Equal(said.Lines, did.Lines[:n]) || !moved && len(did.Operations) > n {
		fail("said %q\ndid  %q\n%v", said.Lines, did.Lines, moves)
	}
	if done := w.applied(); done != nil && !slices.Equal(done[had:].Lines(), did.Lines) {
		fail("the kernel did %q\ntold %q", done[had:].Lines(), did.Lines)
	}
	if slices.ContainsFunc(moves, func(e journal.Entry) bool { return e.Facts["to"] == "FAULT" }) {
		// What a master that left had put on in its form stays so for the others until they ask.
		again, err := s.role.Plan(ctx, after)
		if done, applied := s.role.Apply(ctx, after); err != nil || applied != nil || !slices.Equal(again.Lines, done.Lines) {
			fail("again said %q, %v\ndid %q, %v", again.Lines, err, done.Lines, applied)
		}
	}
	if p, err := s.role.Plan(ctx, after); err != nil || len(p.Operations) > 0 {
		fail("the new text still asks for %q, %v", p.Lines, err)
	}
	w.isAsWished(t, s.status(), after, fail)
	w.routesAreAsWished(t, s.status(), before, after, fail)
	s.stop(control.Release)
	w.routesAreAsWished(t, control.Status{}, before, model.Config{}, fail)
	w.routesAreAsWished(t, control.Status{}, after, model.Config{}, fail)
	if left := w.held(t); len(left) > 0 {
		fail("%v are left", left)
	}
	for _, l := range w.links(t) {
		if ofVMAC(l.Name) {
			fail("%s is left", l.Name)
		}
	}
	return len(did.Operations), moved
}

// ofVMAC says whether a link is one that use_vmac makes in a random text.
func ofVMAC(link string) bool { return link == "mine" || strings.HasPrefix(link, "vrrp") }

func (w pairWorld) links(t *testing.T) []kernel.Link {
	t.Helper()
	door, err := w.opt.OpenNet()
	if err != nil {
		t.Fatal(err)
	}
	links, err := door.Links()
	if err != nil {
		t.Fatal(err)
	}
	return links
}

// placed is cfg on the macvlans of this kernel.
func (w pairWorld) placed(t *testing.T, cfg model.Config) model.Config {
	t.Helper()
	links := w.links(t)
	var ours []plan.Link
	for _, l := range links {
		i := slices.IndexFunc(links, func(p kernel.Link) bool { return p.Index == l.Parent })
		if ofVMAC(l.Name) && i >= 0 {
			ours = append(ours, plan.Link{Name: l.Name, Parent: links[i].Name, MAC: plan.MAC(l.MAC)})
		}
	}
	cfg, _ = place(cfg, ours, links)
	return cfg
}

// isAsWished compares all that the kernel has with what the masters ask for.
func (w pairWorld) isAsWished(t *testing.T, s control.Status, cfg model.Config, fail func(string, ...any)) {
	t.Helper()
	want := map[plan.AddressKey][]plan.Address{}
	cfg = w.placed(t, cfg)
	for _, a := range Static(cfg).Addresses {
		want[a.Key()] = append(want[a.Key()], a.Normal())
	}
	for i, in := range s.Instances {
		if in.State == "MASTER" {
			for _, a := range newRouter(cfg.Instances[i], cfg.Global, nil).addrs {
				want[a.Key()] = append(want[a.Key()], a.Normal())
			}
		}
	}
	for _, a := range w.held(t) {
		if !slices.Contains(want[a.Key()], a) {
			fail("%+v is held, wished is %v", a, want[a.Key()])
		}
		delete(want, a.Key())
	}
	if len(want) > 0 {
		fail("%v are missing", want)
	}
}

// routesAreAsWished asks for every route and rule of two texts, and wants those of the
// static items and the masters of the second.
func (w pairWorld) routesAreAsWished(t *testing.T, s control.Status, before, after model.Config, fail func(string, ...any)) {
	t.Helper()
	all, want := together(Static(before), Static(after)), Static(after)
	for _, c := range []model.Config{before, after} {
		for _, in := range c.Instances {
			all = together(all, newRouter(in, c.Global, nil).things())
		}
	}
	for i, in := range s.Instances {
		if in.State == "MASTER" {
			want = together(want, newRouter(after.Instances[i], after.Global, nil).things())
		}
	}
	all, want = all.Normal(), want.Normal()
	routes, err := w.routes(all.Routes)
	rules, alsoErr := w.rules(all.Rules)
	if err != nil || alsoErr != nil {
		t.Fatal(err, alsoErr)
	}
	if !slices.EqualFunc(routes, want.Routes, func(a, b plan.Route) bool { return a.Key() == b.Key() }) || !slices.Equal(rules, want.Rules) {
		fail("the kernel has %v %v, wished is %v %v", routes, rules, want.Routes, want.Rules)
	}
}

func (s *seat) transitions() []journal.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.entries), func(e journal.Entry) bool { return e.Kind != journal.InstanceState })
}

func TestWhatAPlanSaysIsWhatTheApplyDoes(t *testing.T) {
	dir, n, operations, moved := t.TempDir(), pairs(500, 10_000), 0, 0
	for seed := range n {
		synctest.Test(t, func(t *testing.T) {
			twin := kernel.NewTwin()
			for _, name := range pairLinks {
				own := []netip.Prefix{netip.MustParsePrefix("192.0.2.1/24")}
				twin.SetLink(kernel.Link{Name: name, Up: true, Running: true, MTU: 1500, Addrs: own})
			}
			w := pairWorld{dir: dir, addresses: twin.Addresses, routes: twin.Routes, rules: twin.Rules, applied: twin.Applied, opt: Options{
				OpenNet:  func() (Net, error) { return twin, nil },
				OpenWire: func(link string, group netip.Addr) (Wire, error) { return twin.OpenVRRP(link, group) },
				Lacks:    func() []string { return nil },
				Wake:     NewTimer,
			}}
			ops, did := w.tryPair(t, uint64(seed))
			operations += ops
			if did {
				moved++
			}
		})
		if t.Failed() {
			return
		}
	}
	t.Logf("%d pairs, %d operations", n, operations)
	if moved > 0 {
		t.Errorf("in %d pairs the election moved, where no time passes", moved)
	}
}

func TestWhatAPlanSaysIsWhatTheKernelDoes(t *testing.T) {
	w := realPairWorld(t)
	n, operations := pairs(20, 200), 0
	for seed := range n {
		ops, _ := w.tryPair(t, uint64(seed))
		operations += ops
	}
	t.Logf("%d pairs, %d operations", n, operations)
}

// namespacedNet watches the links of its namespace from a thread that is in it.
type namespacedNet struct {
	*kernel.Net
	within func(func())
}

func (n namespacedNet) Watch(ctx context.Context, tell func(any)) (err error) {
	n.within(func() { err = n.Net.Watch(ctx, tell) })
	return err
}

func (n namespacedNet) WatchRoutes(ctx context.Context, tell func(kernel.RoutesGone)) (err error) {
	n.within(func() { err = n.Net.WatchRoutes(ctx, tell) })
	return err
}

// realPairWorld is a namespace with three links that have a carrier.
func realPairWorld(t *testing.T) pairWorld {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("network namespaces need root")
	}
	ns := fmt.Sprintf("hfp%d-%d", os.Getpid(), labCount.Add(1))
	ip := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
		}
	}
	ip("netns", "add", ns)
	t.Cleanup(func() { exec.Command("ip", "netns", "del", ns).Run() })
	for _, name := range pairLinks {
		ip("-n", ns, "link", "add", name, "type", "veth", "peer", "name", "p"+name)
		ip("-n", ns, "link", "set", "p"+name, "up")
		ip("-n", ns, "link", "set", name, "up")
		ip("-n", ns, "address", "add", "192.0.2.1/24", "dev", name)
	}
	within := func(f func()) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			runtime.LockOSThread() // and never unlocked: the thread ends in its namespace
			file, err := os.Open("/run/netns/" + ns)
			if err != nil {
				t.Error(err)
				return
			}
			defer file.Close()
			if err := unix.Setns(int(file.Fd()), unix.CLONE_NEWNET); err != nil {
				t.Error(err)
				return
			}
			f()
		}()
		<-done
	}
	open := func() (n *kernel.Net, err error) {
		within(func() { n, err = kernel.OpenNet() })
		return n, err
	}
	looks, err := open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(looks.Close)
	return pairWorld{dir: t.TempDir(), addresses: looks.Addresses, routes: looks.Routes, rules: looks.Rules, applied: func() plan.Plan { return nil }, opt: Options{
		OpenNet: func() (Net, error) {
			n, err := open()
			return namespacedNet{n, within}, err
		},
		OpenWire: func(link string, group netip.Addr) (w Wire, err error) {
			within(func() {
				var v *kernel.VRRP
				if v, err = kernel.OpenVRRP(link, group); err == nil {
					w = v
				}
			})
			return w, err
		},
		Lacks: func() []string { return nil },
		Wake:  newKernelTimer,
	}}
}
