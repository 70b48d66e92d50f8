package lvsrole

import (
	"slices"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/lvs"
)

// word is the one word for a server or a virtual server, and when it began.
type word struct {
	state string
	since time.Time
}

// become makes state the word from at on, unless it is the word already. It says
// whether the word is another one now.
func (w *word) become(state string, at time.Time) bool {
	if w.state == state {
		return false
	}
	*w = word{state, at}
	return true
}

// serverState is UNCHECKED where no check is declared, one has not answered yet, or one
// cannot be run: unasked says so of a check. Else it is UP, DOWN, or FAILING: up, but
// failures are counted. A server that is known to be down is so whatever its other
// checks have to say.
func serverState(s lvs.ServerState, unasked func(int) bool) string {
	unknown := len(s.Checks) == 0
	failing := false
	for i, h := range s.Checks {
		switch {
		case !h.Known:
			unknown = true
		case !h.Up:
			return "DOWN"
		case unasked(i):
			unknown = true
		case h.Failures > 0:
			failing = true
		}
	}
	switch {
	case unknown:
		return "UNCHECKED"
	case failing:
		return "FAILING"
	}
	return "UP"
}

// uncheckedReason is why a server is UNCHECKED: a code, or what a check says that
// cannot be run.
func (v *virtual) uncheckedReason(i int) string {
	s := v.state.Servers[i]
	for _, c := range v.servers[i].checks {
		if c.unasked {
			return c.text
		}
	}
	switch {
	case len(s.Checks) == 0:
		return code.NoCheck
	case !s.Up():
		return code.NotCheckedAlpha
	}
	return code.NotChecked
}

func (v *virtual) serverState(i int) string {
	switch o := v.servers[i].ordered(); {
	case o.Mode == lvs.Off:
		return "OFF"
	case o.Mode == lvs.Drain && !o.Drained.IsZero():
		return "DRAINED"
	case o.Mode == lvs.Drain:
		return "DRAINING"
	}
	return serverState(v.state.Servers[i], func(j int) bool { return v.servers[i].checks[j].unasked })
}

// rewordServer brings the word of server i up to date.
func (v *virtual) rewordServer(i int, at time.Time) bool {
	return v.servers[i].word.become(v.serverState(i), at)
}

// beginWords gives the servers of v their first words. What the run before or the
// declaration before had found out began then; that nothing is known begins now.
func (v *virtual) beginWords(now time.Time) {
	for i, s := range v.servers {
		at := now
		if len(s.checks) == 0 || v.serverState(i) != "UNCHECKED" {
			at = s.since
		}
		v.rewordServer(i, at)
	}
}

// reword brings the word of v up to date.
func (l *loop) reword(v *virtual, at time.Time) { v.word.become(l.stateOf(v), at) }

// rewordSettled brings the words up to date after a job of the writer: of all virtual
// servers where what keeps the whole table back is not what it was.
func (l *loop) rewordSettled(a tableAnswer, was string) {
	now := time.Now()
	if l.problems.blocked != was {
		for _, v := range l.virtuals.list {
			l.reword(v, now)
		}
		return
	}
	for _, s := range a.job.want {
		if v := l.virtuals.byKey[s.Key]; v != nil {
			l.reword(v, now)
		}
	}
}

// stateOf is the word for v: SORRY and DOWN without a quorum, HELD while the kernel's
// table is not as it shall be, DEGRADED while a server is down, UNCHECKED while of
// some server it is not known whether it is up.
func (l *loop) stateOf(v *virtual) string {
	has := func(state string) bool {
		return slices.ContainsFunc(v.servers, func(s server) bool { return s.word.state == state })
	}
	switch {
	case v.core.SorryInUse(v.state):
		return "SORRY"
	case !v.state.Quorum:
		return "DOWN"
	case l.problems.blocked != "" || v.refused != nil || l.suspended(v):
		return "HELD"
	case has("DOWN"):
		return "DEGRADED"
	case has("UNCHECKED"):
		return "UNCHECKED"
	}
	return "UP"
}
