package lvsrole

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/probe"
)

// noted notes what the kernel did.
type noted struct {
	IPVS
	did *plan.Plan
}

func (n noted) Apply(ctx context.Context, p plan.Plan) (plan.Plan, error) {
	done, err := n.IPVS.Apply(ctx, p)
	*n.did = append(*n.did, done...)
	return done, err
}

// tally counts what a generated test has seen, so that one that sees nothing fails.
type tally struct {
	pairs, ops, down int
	verbs            map[plan.Verb]int
}

func (y *tally) add(p plan.Plan) {
	y.pairs++
	y.ops += len(p)
	for _, op := range p {
		y.verbs[op.Verb]++
	}
}

func (y *tally) judge(t *testing.T) {
	t.Helper()
	t.Logf("%d pairs, %d operations (%v), %d servers down", y.pairs, y.ops, y.verbs, y.down)
	if len(y.verbs) != 6 || y.down == 0 {
		t.Errorf("not all kinds of operations were seen: %v, %d servers down", y.verbs, y.down)
	}
}

// The role as it runs: what a preview says of a text is what the kernel was asked to
// do by its apply, and what the apply answers, operation by operation.
func TestPreviewSaysWhatTheApplyDoes(t *testing.T) {
	pairs := 400
	if os.Getenv("HOLDFAST_LONG") != "" {
		pairs = 10_000
	}
	synctest.Test(t, func(t *testing.T) {
		w, r, seen := newWorld(t), rand.New(rand.NewPCG(1, 2)), tally{verbs: map[plan.Verb]int{}}
		opt, did := w.options(), plan.Plan{}
		opt.OpenIPVS = func() (IPVS, error) { return noted{w.twin, &did}, nil }
		well := map[netip.Addr]bool{}
		opt.Probe = func(_ context.Context, c model.Check) probe.Result {
			w.mu.Lock()
			defer w.mu.Unlock()
			return probe.Result{Up: well[c.Target.Addr]}
		}
		p := w.boot(model.Config{}, opt)
		defer p.crash()
		for i := range pairs {
			w.mu.Lock()
			w.entries = nil
			for _, net := range []string{"10.9.0.", "2001:db8:9::"} {
				for s := range 6 {
					well[netip.MustParseAddr(net+string(rune('1'+s)))] = r.Float64() < 0.6
				}
			}
			w.mu.Unlock()
			time.Sleep(time.Duration(r.IntN(6)) * time.Second)
			synctest.Wait()
			text := randomText(r, allSchedulers)
			cfg := configOf(t, text)
			planned, err := p.role.Plan(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			did = did[:0]
			applied := p.apply(cfg)
			want := planned.Operations.Lines()
			if got := did.Lines(); !slices.Equal(got, want) {
				t.Fatalf("pair %d: planned\n%s\ndone\n%s\nfor\n%s", i, strings.Join(want, "\n"), strings.Join(got, "\n"), text)
			}
			if !slices.Equal(applied.Lines, want) || len(applied.Held) != 0 {
				t.Fatalf("pair %d: planned\n%s\nanswered\n%s\n%+v", i, strings.Join(want, "\n"), strings.Join(applied.Lines, "\n"), applied.Held)
			}
			if again, err := p.role.Plan(t.Context(), cfg); err != nil || len(again.Operations) != 0 {
				t.Fatalf("pair %d: after the apply it plans %v, %v", i, again.Lines, err)
			}
			seen.add(planned.Operations)
			var wanted []string
			for _, v := range p.status().Virtuals {
				wanted = append(wanted, v.Wanted...)
				for _, s := range v.Servers {
					if s.State == "DOWN" {
						seen.down++
					}
				}
			}
			table := plan.Diff(plan.State{}, plan.State{Services: w.table()}).Lines()
			slices.Sort(table)
			slices.Sort(wanted)
			if !slices.Equal(table, wanted) {
				t.Fatalf("pair %d: the table is\n%s\nwanted\n%s", i, strings.Join(table, "\n"), strings.Join(wanted, "\n"))
			}
		}
		seen.judge(t)
	})
}

// The same of the writer and the kernel's own table, with checks in any state.
func TestGuestPreviewSaysWhatTheKernelDoes(t *testing.T) {
	g := newGuest(t)
	pairs := 200
	if os.Getenv("HOLDFAST_LONG") != "" {
		pairs = 2_000
	}
	schedulers := takenBy(g)
	r, seen := rand.New(rand.NewPCG(3, 4)), tally{verbs: map[plan.Verb]int{}}
	w := newWriter(g.options(), t.TempDir(), ordersFile{})
	defer w.table.close()
	var now virtuals
	do := func(task tableTask, vs virtuals) tableAnswer {
		job := tableJob{task: task, trust: r.IntN(2) == 0}
		job.want, job.whole = vs.wishes()
		a := w.do(t.Context(), job)
		if a.err != nil || a.blocked != "" || len(a.refused) > 0 {
			t.Fatalf("%v, blocked %q, refused %v", a.err, a.blocked, a.refused)
		}
		return a
	}
	for i := range pairs {
		for _, v := range now.list {
			for range r.IntN(6) {
				seen.down += observe(r, v)
			}
		}
		do(taskAll, now)
		text := randomText(r, schedulers)
		next := now.declare(configOf(t, text), past{}, orders{}, nil, time.Now())
		planned := do(taskPreview, next).ops.Lines()
		before := g.ops.Load()
		applied := do(taskAll, next)
		if done := applied.ops.Lines(); !slices.Equal(done, planned) || int(g.ops.Load()-before) != len(planned) {
			t.Fatalf("pair %d: planned\n%s\ndone\n%s\nfor\n%s", i, strings.Join(planned, "\n"), strings.Join(done, "\n"), text)
		}
		want, _ := next.wishes()
		if d := plan.Diff(plan.State{Services: g.read()}, plan.State{Services: want}); len(d) > 0 {
			t.Fatalf("pair %d: the table still needs\n%s", i, strings.Join(d.Lines(), "\n"))
		}
		seen.add(applied.ops)
		now = next
	}
	seen.judge(t)
	if a := w.do(t.Context(), tableJob{task: taskRemove}); a.err != nil || len(g.read()) > 0 {
		t.Errorf("%v, left %v", a.err, g.read())
	}
}

// observe has a check of v say something, and gives how many servers went down.
func observe(r *rand.Rand, v *virtual) (down int) {
	if len(v.core.Servers) == 0 {
		return 0
	}
	s := r.IntN(len(v.core.Servers))
	if len(v.core.Servers[s].Checks) == 0 {
		return 0
	}
	was := v.state.Servers[s].Up()
	v.state, _ = v.core.Step(v.state, lvs.Observed{
		Server: s, Check: r.IntN(len(v.core.Servers[s].Checks)), Result: lvs.Result{Up: r.IntN(2) == 0},
	})
	if was && !v.state.Servers[s].Up() {
		return 1
	}
	return 0
}

// takenBy gives the schedulers that the guest's kernel has.
func takenBy(g *guest) (some []string) {
	g.t.Helper()
	for _, name := range allSchedulers {
		s := plan.Service{Key: plan.ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.1"), Port: 1}, Scheduler: name}
		if _, err := g.own.Apply(g.t.Context(), plan.Plan{{Verb: plan.AddService, Service: s}}); err == nil {
			some = append(some, name)
			g.write(plan.Plan{{Verb: plan.DeleteService, Service: s}})
		}
	}
	g.t.Logf("schedulers of this kernel: %v", some)
	if len(some) < 6 {
		g.t.Errorf("only %d schedulers: %v", len(some), some)
	}
	return some
}
