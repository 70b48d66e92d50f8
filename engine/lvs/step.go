package lvs

import "slices"

// Event is what a virtual server takes in: Began, Observed, Ordered, Graced or Ramped.
type Event interface{ event() }

// Began opens the service: at start, after a resume and after an apply.
type Began struct{}

// Observed is one result of one check.
type Observed struct {
	Server, Check int
	Result        Result
}

func (Began) event()    {}
func (Observed) event() {}

// Effect is what the role has to do: Write, ServerChanged or QuorumChanged.
type Effect interface{ effect() }

// Write asks that the kernel holds Want of the new state.
type Write struct{}

// ServerChanged tells that a server went up or down because of one of its checks.
type ServerChanged struct {
	Server, Check int
	Up            bool
}

// QuorumChanged tells that the quorum was gained or lost, and by which figures.
type QuorumChanged struct {
	Up                         bool
	Weight, Quorum, Hysteresis int
}

func (Write) effect()         {}
func (ServerChanged) effect() {}
func (QuorumChanged) effect() {}

// Step takes in one event. The effects are in keepalived's order: the table,
// then the server's notification, then the quorum's.
func (v *Virtual) Step(s VirtualState, ev Event) (VirtualState, []Effect) {
	switch ev := ev.(type) {
	case Began:
		s, quorum := v.weigh(s)
		return s, append([]Effect{Write{}}, quorum...)
	case Observed:
		return v.observe(s, ev)
	case Ordered:
		return v.order(s, ev)
	case Graced:
		return v.timed(s, ev.Server, func(s *ServerState) { s.Kept = false })
	case Ramped:
		return v.timed(s, ev.Server, func(s *ServerState) {
			if s.Share > 0 {
				s.Share = ev.Share
			}
		})
	}
	panic("lvs: an event of no known kind")
}

func (v *Virtual) observe(s VirtualState, ev Observed) (VirtualState, []Effect) {
	before := s.Servers[ev.Server]
	health := before.Checks[ev.Check]
	next, change := health.Observe(ev.Result, PolicyOf(&v.Servers[ev.Server].Checks[ev.Check]))
	if next == health {
		return s, nil
	}
	after := before
	after.Checks = slices.Clone(before.Checks)
	after.Checks[ev.Check] = next
	switch {
	case before.Up() && !after.Up():
		v.fails(&after)
	case !before.Up() && after.Up():
		v.returns(&after)
	}
	s.Servers = slices.Clone(s.Servers)
	s.Servers[ev.Server] = after
	if change == Same && next.Asked == health.Asked {
		return s, nil
	}
	var effects []Effect
	if before.Up() != after.Up() {
		effects = append(effects, ServerChanged{Server: ev.Server, Check: ev.Check, Up: after.Up()})
	}
	s, quorum := v.weigh(s)
	return s, append(append([]Effect{Write{}}, effects...), quorum...)
}

// weigh decides on the quorum. It is lost when nothing is up or less than
// quorum - hysteresis, and gained at quorum + hysteresis.
func (v *Virtual) weigh(s VirtualState) (VirtualState, []Effect) {
	w, q, h := v.UpWeight(s), v.Quorum(), v.Hysteresis()
	up := w >= q+h
	if s.Quorum {
		up = w > 0 && w >= q-h
	}
	was := s.Quorum
	s.Quorum = up
	if up == was {
		return s, nil
	}
	return s, []Effect{QuorumChanged{Up: up, Weight: w, Quorum: q, Hysteresis: h}}
}
