package kernel

import (
	"context"
	"slices"
	"sync"
	"time"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
)

// Links lists the links with their addresses.
func (t *Twin) Links() ([]Link, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.list(), nil
}

func (t *Twin) list() []Link {
	var list []Link
	for _, l := range t.links {
		l = l.copy()
		for _, a := range t.state.Addresses {
			if a.Link == l.Name {
				l.Addrs = append(l.Addrs, a.Prefix)
			}
		}
		list = append(list, l)
	}
	return list
}

// SetLink adds a link or changes it, as an administrator or a cable would. A new
// link gets a number, and l.Addrs as addresses that are not ours; those of a link
// that is there already stay as they are.
func (t *Twin) SetLink(l Link) {
	t.mu.Lock()
	defer t.mu.Unlock()
	addrs := l.Addrs
	l.Addrs = nil
	if i := t.linkAt(l.Name); i >= 0 {
		l.Index = t.links[i].Index
		t.links[i] = l
	} else {
		if t.lastIndex = max(t.lastIndex+1, l.Index); l.Index == 0 {
			l.Index = t.lastIndex
		}
		t.links = append(t.links, l)
		for _, p := range addrs {
			t.addStrange(plan.Address{Link: l.Name, Prefix: p})
		}
	}
	t.followParents()
	t.tellLinks()
}

// RemoveLink removes a link with its addresses, and the macvlans over it.
func (t *Twin) RemoveLink(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.linkAt(name)
	if i < 0 {
		return
	}
	index := t.links[i].Index
	for _, l := range slices.Clone(t.links) {
		if l.Name == name || l.Kind == MacvlanKind && l.Parent == index {
			t.dropLink(l.Name)
		}
	}
	t.tellLinks()
}

// dropLink takes a link off the list, with its addresses and settings.
func (t *Twin) dropLink(name string) {
	t.links = slices.DeleteFunc(t.links, func(l Link) bool { return l.Name == name })
	t.settings = slices.DeleteFunc(t.settings, func(s plan.Setting) bool { return s.Link == name })
	on := func(a plan.Address) bool { return a.Link == name }
	t.state.Addresses = slices.DeleteFunc(slices.Clone(t.state.Addresses), on)
	t.ours.Addresses = slices.DeleteFunc(slices.Clone(t.ours.Addresses), on)
	t.state.Routes = slices.DeleteFunc(slices.Clone(t.state.Routes), func(r plan.Route) bool { return r.Link == name })
}

// AddAddress adds an address as an operator's hand would: it is not ours.
func (t *Twin) AddAddress(a plan.Address) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.linkAt(a.Link) < 0 {
		return unix.ENODEV
	}
	return t.addStrange(a)
}

func (t *Twin) addStrange(a plan.Address) error {
	next, err := t.state.With(plan.Op{Verb: plan.AddAddress, Address: a})
	if err == nil {
		t.state = next
		t.tellAddress(a, false)
	}
	return err
}

// DeleteAddress deletes an address as an operator's hand would, be it ours or not.
func (t *Twin) DeleteAddress(a plan.Address) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	o := plan.Op{Verb: plan.DeleteAddress, Address: a}
	next, err := t.state.With(o)
	if err != nil {
		return err
	}
	t.state = next
	if mine, err := t.ours.With(o); err == nil {
		t.ours = mine
	}
	t.tellAddress(a, true)
	return nil
}

func (t *Twin) linkAt(name string) int {
	return slices.IndexFunc(t.links, func(l Link) bool { return l.Name == name })
}

// A twinWatcher holds the news that its Watch has not told yet.
type twinWatcher struct {
	view *view
	mu   sync.Mutex // guards news
	news []any
	more chan struct{} // one place: "look again"
}

func (w *twinWatcher) tell(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.news = append(w.news, ev)
	select {
	case w.more <- struct{}{}:
	default:
	}
}

func (w *twinWatcher) take() []any {
	w.mu.Lock()
	defer w.mu.Unlock()
	news := w.news
	w.news = nil
	return news
}

// Watch tells first of every link and address, then of every change, until ctx
// ends, as Net.Watch does.
func (t *Twin) Watch(ctx context.Context, tell func(any)) error {
	w := &twinWatcher{more: make(chan struct{}, 1)}
	w.view = newView(w.tell)
	t.mu.Lock()
	t.watchers[w] = true
	w.view.list(t.list(), time.Now())
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.watchers, w)
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.more:
			for _, ev := range w.take() {
				tell(ev)
			}
		}
	}
}

func (t *Twin) tellLinks() {
	for w := range t.watchers {
		w.view.list(t.list(), time.Now())
	}
}

func (t *Twin) tellAddress(a plan.Address, gone bool) {
	i := t.linkAt(a.Link)
	for w := range t.watchers {
		w.view.address(t.links[i].Index, a.Prefix, gone, time.Now())
	}
}
