package kernel

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/plan"
)

// Routes gives those of the routes that the twin has.
func (t *Twin) Routes(of []plan.Route) (there []plan.Route, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range of {
		if slices.ContainsFunc(t.state.Routes, func(o plan.Route) bool { return o.Key() == r.Key() }) {
			there = append(there, r)
		}
	}
	return there, nil
}

// Rules gives those of the rules that the twin has.
func (t *Twin) Rules(of []plan.Rule) (there []plan.Rule, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range of {
		if slices.Contains(t.state.Rules, r.Normal()) {
			there = append(there, r)
		}
	}
	return there, nil
}

// PrepareDrops makes nothing: the twin has no tables.
func (t *Twin) PrepareDrops(DropTable) error { return nil }

// Drops lists the addresses that are dropped.
func (t *Twin) Drops([]plan.Drop) ([]plan.Drop, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state.Normal().Drops, nil
}

// Do carries out an operation on a route or a rule as an operator's hand would.
func (t *Twin) Do(o plan.Op) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if link := o.Route.Link; link != "" && t.linkAt(link) < 0 {
		return unix.ENODEV
	}
	next, err := t.state.With(o)
	if err == nil {
		t.state = next
		t.tellRoutes()
	}
	return err
}

// AllRoutes lists every route, sorted.
func (t *Twin) AllRoutes() []plan.Route {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state.Normal().Routes
}

// AllRules lists every rule, sorted.
func (t *Twin) AllRules() []plan.Rule {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state.Normal().Rules
}

// WatchRoutes tells that a route or a rule has gone, until ctx ends, as Net.WatchRoutes
// does.
func (t *Twin) WatchRoutes(ctx context.Context, tell func(RoutesGone)) error {
	more := make(chan struct{}, 1) // one place: "look again"
	t.mu.Lock()
	if t.routeWatchers == nil {
		t.routeWatchers = map[chan struct{}]bool{}
	}
	t.routeWatchers[more] = true
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.routeWatchers, more)
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-more:
			tell(RoutesGone{At: time.Now()})
		}
	}
}

func (t *Twin) tellRoutes() {
	for w := range t.routeWatchers {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}
