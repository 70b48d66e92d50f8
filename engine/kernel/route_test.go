package kernel

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"holdfast/engine/plan"
)

// fatal is a test, or one of rapid's.
type fatal interface{ Fatal(...any) }

func route(t fatal, words string) plan.Route {
	r, err := plan.ParseRoute(words)
	if err != nil {
		t.Fatal(words, err)
	}
	return r
}

func rule(t fatal, words string) plan.Rule {
	r, err := plan.ParseRule(words)
	if err != nil {
		t.Fatal(words, err)
	}
	return r
}

// somewhere are routes and rules that stand side by side, some of which the kernel takes
// for each other where it is only told a part.
var somewhere = struct{ routes, rules []string }{
	[]string{
		"198.51.100.0/24 via 192.0.2.2", "198.51.100.0/24 dev near", "198.51.100.0/24 via 192.0.2.3 dev near", "198.51.100.0/24 via 192.0.2.2 metric 7",
		"blackhole 198.51.100.0/24", "198.51.100.0/24 dev near table 300 src 192.0.2.1", "default via 192.0.2.2 dev near onlink table 301", "throw 198.51.101.0/24 append",
		"198.51.102.0/24 nexthop via 192.0.2.2 weight 3 nexthop via 192.0.2.3 dev near", "198.51.103.0/24 via 192.0.2.2 mtu lock 1400 advmss 1300 hoplimit 9 rtt 5ms congctl reno",
		"2001:db8:1::/48 dev near", "2001:db8:1::/48 dev near metric 7", "unreachable 2001:db8:2::/48", "2001:db8:3::/48 via fe80::9 dev near pref high", "prohibit inet6 default table 301",
		"198.51.104.0/24 dev near scope 253 tos 16 protocol 4", "multicast 239.1.1.0/24 dev near table 7", "198.51.105.1 dev near quickack 1 initcwnd 20 initrwnd 20 window 500",
	},
	[]string{
		"from 192.0.2.0/24 table 300 preference 3", "table 300 preference 5", "fwmark 7/0xf table 300 preference 5", "fwmark 7 iif near table 300 preference 5", "to 198.51.100.0/24 blackhole preference 6",
		"not from 192.0.2.0/24 oif near tos 16 table 7 preference 8", "ipproto 6 sport 5-9 dport 80-81 unreachable preference 9", "uidrange 0-9 table 9 preference 9", "goto 10 preference 9",
		"inet6 from 2001:db8::/32 prohibit preference 10", "inet6 table 300 preference 10", "table 254 suppress_prefixlength 8 preference 11", "table 254 suppress_ifgroup 3 preference 11 protocol 0",
		"tunnel-id 9 nop preference 12", "l3mdev preference 1000",
	},
}

func randomRoutes(t *rapid.T) (s plan.State) {
	for _, words := range somewhere.routes {
		if rapid.Bool().Draw(t, words) {
			s.Routes = append(s.Routes, route(t, words))
		}
	}
	for _, words := range somewhere.rules {
		if rapid.Bool().Draw(t, words) {
			s.Rules = append(s.Rules, rule(t, words))
		}
	}
	return s.Normal()
}

func TestEveryStateOfRoutesIsReachedFromEveryOther(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		everywhere := plan.State{}
		for _, words := range somewhere.routes {
			everywhere.Routes = append(everywhere.Routes, route(t, words))
		}
		for _, words := range somewhere.rules {
			everywhere.Rules = append(everywhere.Rules, rule(t, words))
		}
		everywhere = everywhere.Normal()
		have := plan.State{}
		rapid.Check(t, func(t *rapid.T) {
			want := randomRoutes(t)
			p := plan.Diff(have, want)
			done, err := w.Apply(context.Background(), p)
			if err != nil || len(done) != len(p) {
				t.Fatalf("done %d of %d: %v", len(done), len(p), err)
			}
			routes, err := w.Routes(everywhere.Routes)
			if err != nil {
				t.Fatal(err)
			}
			rules, err := w.Rules(everywhere.Rules)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(routes, want.Routes) || !slices.Equal(rules, want.Rules) {
				t.Fatalf("got  %v %v\nwant %v %v\nby %q", routes, rules, want.Routes, want.Rules, p.Lines())
			}
			have = want
		})
	})
}

func TestARouteOfSomebodyElseIsNeitherChangedNorRemoved(t *testing.T) {
	w := kernelWorld(t)
	ip := func(words string) plan.Op { // of another protocol, as an operator makes it
		if words[0] == '-' {
			return plan.Op{Verb: plan.AddRule, Rule: rule(t, words[1:])}
		}
		return plan.Op{Verb: plan.AddRoute, Route: route(t, words)}
	}
	for _, c := range []struct{ theirs, ours string }{
		{"198.51.100.0/24 via 192.0.2.2 protocol 4", "198.51.100.0/24 via 192.0.2.2"},
		{"2001:db8:1::/48 dev near protocol 4", "2001:db8:1::/48 dev near"},
		{"-table 300 preference 5 protocol 4", "-table 300 preference 5"},
	} {
		apply(t, w, ip(c.theirs))
		ours := ip(c.ours)
		_, added := w.Apply(context.Background(), plan.Plan{ours})
		remove := map[plan.Verb]plan.Verb{plan.AddRoute: plan.DeleteRoute, plan.AddRule: plan.DeleteRule}
		done, err := w.Apply(context.Background(), plan.Plan{{Verb: remove[ours.Verb], Route: ours.Route, Rule: ours.Rule}})
		if err != nil || (added == nil) != (len(done) == 1) {
			t.Errorf("%s: added %v, then removed %v, %v", c.ours, added, done, err)
		}
		theirs := ip(c.theirs)
		routes, err := w.Routes([]plan.Route{theirs.Route})
		must(t, err)
		rules, err := w.Rules([]plan.Rule{theirs.Rule})
		must(t, err)
		if theirs.Verb == plan.AddRoute && len(routes) != 1 || theirs.Verb == plan.AddRule && len(rules) != 1 {
			t.Errorf("%s has gone with ours", c.theirs)
		}
	}
}

func TestAddingWhatIsThereAndDeletingWhatIsNotIsNoError(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		for _, o := range []plan.Op{
			{Verb: plan.AddRoute, Route: route(t, "198.51.100.0/24 dev near")}, {Verb: plan.AddRoute, Route: route(t, "2001:db8:1::/48 dev near add")},
			{Verb: plan.AddRule, Rule: rule(t, "table 300 preference 5")},
		} {
			apply(t, w, o)
			if done, err := w.Apply(context.Background(), plan.Plan{o}); err != nil || len(done) > 0 {
				t.Errorf("%s again: %v, %v", o, done, err)
			}
		}
		for _, o := range []plan.Op{
			{Verb: plan.DeleteRoute, Route: route(t, "198.51.101.0/24 dev near")}, {Verb: plan.DeleteRoute, Route: route(t, "198.51.101.0/24 dev absent")},
			{Verb: plan.DeleteRule, Rule: rule(t, "table 301 preference 5")},
		} {
			if done, err := w.Apply(context.Background(), plan.Plan{o}); err != nil || len(done) > 0 {
				t.Errorf("%s: %v, %v", o, done, err)
			}
		}
	})
}

func TestTheWatchTellsOfDeletedRoutesAndRules(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		ops := []plan.Op{{Verb: plan.AddRoute, Route: route(t, "198.51.100.0/24 dev near")}, {Verb: plan.AddRule, Rule: rule(t, "table 300 preference 5")}}
		apply(t, w, ops...)
		ctx, cancel := context.WithCancel(context.Background())
		told, ended := make(chan RoutesGone, 100), make(chan error)
		go w.within(func() { ended <- w.WatchRoutes(ctx, func(g RoutesGone) { told <- g }) })
		for _, o := range []plan.Op{{Verb: plan.DeleteRoute, Route: ops[0].Route}, {Verb: plan.DeleteRule, Rule: ops[1].Rule}} {
			for len(told) > 0 {
				<-told
			}
			again := ops[0]
			if o.Verb == plan.DeleteRule {
				again = ops[1]
			}
			for heard := false; !heard; { // the watch begins some time
				apply(t, w, o)
				select {
				case <-told:
					heard = true
				case <-time.After(time.Millisecond):
					apply(t, w, again)
				}
			}
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
