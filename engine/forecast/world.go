package forecast

import (
	"net/netip"
	"time"

	"holdfast/engine/register"
	"holdfast/engine/vrrp"
)

// mostSteps bounds how far a team is played on: an interval of 10 ms under a delay of
// minutes ends before the delay does.
const mostSteps = 4000

// world is a team with the routers that it hears and that hear it.
type world struct {
	team   Team
	states []vrrp.State
	peers  []*peer
	now    time.Time
	became []time.Time // by member: when it became master last
	left   []time.Time // when it ceased to be
}

// peer is a router that is heard, as it is supposed to act: it preempts, and hears whom we
// hear.
type peer struct {
	member int
	entry  register.Entry
	core   vrrp.Instance
	state  vrrp.State
}

// advert is one on its way; from is nil for one of ours.
type advert struct {
	member int
	from   *peer
	heard  vrrp.Heard
}

// play goes on from now until nothing is left to be decided.
func (in look) play(t Team) *world {
	w := &world{team: t, now: in.Now, became: make([]time.Time, len(t.Routers)), left: make([]time.Time, len(t.Routers))}
	end := in.Now
	for i, r := range t.Routers {
		w.states = append(w.states, r.State)
		core := t.Core.Members[i]
		patience := 3 * core.DownOf(vrrp.PriorityLowest, max(core.Advert, r.State.Interval))
		for _, e := range in.on(r) {
			if in.live(e) && !r.judges(e).Drops() {
				p := newPeer(i, e, in.Now)
				w.peers = append(w.peers, p)
				patience = max(patience, 3*p.core.Down(vrrp.PriorityLowest))
			}
		}
		if until := later(in.Now, core.NotBefore).Add(patience + core.PreemptDelay); until.After(end) {
			end = until
		}
	}
	for range mostSteps {
		next := w.next()
		if next.IsZero() || next.After(end) {
			break
		}
		w.now = later(w.now, next)
		w.tick()
	}
	return w
}

// newPeer is the master that sent an advert.
func newPeer(member int, e register.Entry, now time.Time) *peer {
	a := e.Advert()
	every := max(a.Interval, 10*time.Millisecond)
	p := &peer{member: member, entry: e, core: vrrp.Instance{Version: a.Version, Priority: a.Priority, Advert: every}}
	p.state = vrrp.State{Role: vrrp.Master, Since: e.Since, Priority: a.Priority, Due: later(now, e.Last.Add(every)),
		Conditions: vrrp.Conditions{Source: e.From}, Down: p.core.Down(a.Priority)}
	return p
}

// next is when something is due.
func (w *world) next() (next time.Time) {
	sooner := func(s vrrp.State) {
		if at := s.Due; !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	for _, s := range w.states {
		sooner(s)
	}
	for _, p := range w.peers {
		sooner(p.state)
	}
	return next
}

// tick has all do what is due.
func (w *world) tick() {
	for i := range w.states {
		if at := w.states[i].Due; !at.IsZero() && !w.now.Before(at) {
			w.carry(w.step(i, vrrp.Tick{}))
		}
	}
	for _, p := range w.peers {
		if at := p.state.Due; !at.IsZero() && !w.now.Before(at) {
			w.carry(p.step(vrrp.Tick{}, w.now))
		}
	}
}

// step lets a member of ours take an event.
func (w *world) step(i int, ev vrrp.Event) (out []advert) {
	var effects []vrrp.Effect
	before := w.states
	if w.team.Group {
		w.states, effects = w.team.Core.Step(w.states, i, ev, w.now)
	} else {
		var s vrrp.State
		s, effects = w.team.Core.Members[0].Step(w.states[0], ev, w.now)
		w.states = []vrrp.State{s}
	}
	for j, s := range w.states {
		if was := before[j].Role; was != s.Role && s.Role == vrrp.Master {
			w.became[j] = w.now
		} else if was != s.Role && was == vrrp.Master {
			w.left[j] = w.now
		}
	}
	for _, e := range effects {
		if e.Do == vrrp.Advertise {
			source := w.team.Routers[e.Member].State.Conditions.Source
			out = append(out, advert{e.Member, nil, vrrp.Heard{Priority: e.Priority, From: source, Interval: w.team.Core.Members[e.Member].Advert}})
		}
	}
	return out
}

// step lets a peer take an event.
func (p *peer) step(ev vrrp.Event, now time.Time) (out []advert) {
	var effects []vrrp.Effect
	p.state, effects = p.core.Step(p.state, ev, now)
	for _, e := range effects {
		if e.Do == vrrp.Advertise {
			out = append(out, advert{p.member, p, vrrp.Heard{Priority: e.Priority, From: p.entry.From, Interval: p.core.Advert}})
		}
	}
	return out
}

// carry lets everybody hear adverts, and what these bring about.
func (w *world) carry(list []advert) {
	for n := 0; len(list) > 0 && n < mostSteps; n++ {
		a := list[0]
		list = list[1:]
		for _, p := range w.peers {
			if p.member == a.member && p != a.from {
				list = append(list, p.step(a.heard, w.now)...)
			}
		}
		if a.from != nil {
			list = append(list, w.step(a.member, a.heard)...)
		}
	}
}

// best is the peer of a member that is master in the end, or else has the highest
// priority; nil if there is none.
func (w *world) best(member int) (best *peer) {
	for _, p := range w.peers {
		if p.member == member && (best == nil || better(p, best)) {
			best = p
		}
	}
	return best
}

func better(a, b *peer) bool {
	if am, bm := a.state.Role == vrrp.Master, b.state.Role == vrrp.Master; am != bm {
		return am
	}
	if a.core.Priority != b.core.Priority {
		return a.core.Priority > b.core.Priority
	}
	return b.entry.From.Less(a.entry.From)
}

// masters are the peers of a member that are master in the end.
func (w *world) masters(member int) (list []netip.Addr) {
	for _, p := range w.peers {
		if p.member == member && p.state.Role == vrrp.Master {
			list = append(list, p.entry.From)
		}
	}
	return list
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
