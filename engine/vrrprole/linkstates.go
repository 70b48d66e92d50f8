package vrrprole

import (
	"maps"
	"slices"
	"time"

	"holdfast/engine/kernel"
	"holdfast/engine/model"
)

// linkStates are what links count as: the kernel's word and, of those whose card is asked,
// the card's; of those with interface_up_down_delays once that has lasted.
type linkStates struct {
	cards  map[string]bool            // what cards answered
	delays map[string]model.LinkDelay // by interface
	byName map[string]countedLink     // of those with delays
}

// countedLink is what one link counts as.
type countedLink struct {
	up   bool
	seen bool      // it was up before: the first time counts at once
	due  time.Time // when it counts as the other; zero: nothing waits
}

// change takes the delays of a configuration, and forgets what cards answered that are
// not among those polled. What waits is looked at anew.
func (s *linkStates) change(cfg model.Config, polled []model.PolledLink) {
	maps.DeleteFunc(s.cards, func(name string, _ bool) bool {
		return !slices.ContainsFunc(polled, func(p model.PolledLink) bool { return p.Interface == name })
	})
	s.delays = make(map[string]model.LinkDelay, len(cfg.LinkDelays))
	for _, d := range cfg.LinkDelays {
		s.delays[d.Interface] = d
	}
	maps.DeleteFunc(s.byName, func(name string, _ countedLink) bool { _, has := s.delays[name]; return !has })
}

// raw is what a link is now.
func (s *linkStates) raw(l kernel.Link) bool {
	beats, asked := s.cards[l.Name]
	return l.Up && l.Running && (beats || !asked)
}

// up says whether a link counts as up.
func (s *linkStates) up(l kernel.Link) bool {
	if one, delayed := s.byName[l.Name]; delayed {
		return one.up
	}
	return s.raw(l)
}

// observe looks at the links with delays. bound gives the longest that a change of a link
// may be kept for: no router may count as master where its adverts do not leave.
func (s *linkStates) observe(now time.Time, links map[string]kernel.Link, bound func(name string, delay time.Duration) time.Duration) {
	for name, d := range s.delays {
		link, there := links[name]
		if !there {
			delete(s.byName, name) // another one of the name is new
			continue
		}
		one, known := s.byName[name]
		raw, wait := s.raw(link), d.Down.Duration()
		if raw {
			wait = d.Up.Duration()
		}
		wait = bound(name, wait)
		switch {
		case !known:
			one = countedLink{up: raw}
		case raw == one.up:
			one.due = time.Time{}
		case !one.seen || wait <= 0:
			one.up, one.due = raw, time.Time{}
		case one.due.IsZero() || one.due.After(now.Add(wait)):
			one.due = now.Add(wait)
		case !now.Before(one.due):
			one.up, one.due = raw, time.Time{}
		}
		one.seen = one.seen || one.up
		s.byName[name] = one
	}
}

// next is when a change counts that waits; zero if none does.
func (s *linkStates) next() (next time.Time) {
	for _, one := range s.byName {
		if !one.due.IsZero() && (next.IsZero() || one.due.Before(next)) {
			next = one.due
		}
	}
	return next
}

// clone shares nothing that changes.
func (s *linkStates) clone() *linkStates {
	return &linkStates{maps.Clone(s.cards), maps.Clone(s.delays), maps.Clone(s.byName)}
}

// boundOf is the bound of a delay by all routers on an interface, with the interval of the
// master in force.
func boundOf(teams []*team) func(name string, delay time.Duration) time.Duration {
	return func(name string, delay time.Duration) time.Duration {
		for _, t := range teams {
			for _, r := range t.routers {
				if r.cfg.Interface != name {
					continue
				}
				every := r.core.Advert
				if learned := r.state.Interval; learned > 0 {
					every = min(every, learned)
				}
				delay = r.cfg.Bound(model.Seconds(delay), model.Seconds(every)).Duration()
			}
		}
		return delay
	}
}
