package lvsrole

import (
	"time"

	"holdfast/engine/lvs"
)

// step lets one virtual server take in an event and carries out what follows.
// c is the check that brought it about, if one did.
func (l *loop) step(v *virtual, ev lvs.Event, c *check, at time.Time) {
	before := v.state.Servers[c.server]
	state, effects := v.core.Step(v.state, ev)
	v.state = state
	if len(effects) > 0 {
		l.carryOut(v, effects, c, "", at)
		l.record.changed(at)
	}
	l.timed(v, c.server, before, at)
	if v.rewordServer(c.server, at) || len(effects) > 0 {
		l.reword(v, at)
	}
}

// carryOut carries out what follows from an event of v: of check c, or for another
// reason, a code.
func (l *loop) carryOut(v *virtual, effects []lvs.Effect, c *check, reason string, at time.Time) {
	for _, e := range effects {
		switch e := e.(type) {
		case lvs.Write:
			for _, key := range v.keys {
				l.jobs.change(key)
			}
			v.wanted, v.wish = nil, nil
		case lvs.ServerChanged:
			l.serverChanged(v, e, c, at)
		case lvs.QuorumChanged:
			l.quorumChanged(v, e, c, reason, at)
		}
	}
}

func (l *loop) serverChanged(v *virtual, e lvs.ServerChanged, c *check, at time.Time) {
	s := &v.servers[e.Server]
	s.since, s.reason = at, c.text
	l.transitions.server(v, e, c.text, c.name, at)
}

// quorumChanged tells of a quorum gained or lost. A virtual server that begins
// runs its script too, as with keepalived, but one that begins well is worth an
// entry only to those who asked for mails.
func (l *loop) quorumChanged(v *virtual, e lvs.QuorumChanged, c *check, reason string, at time.Time) {
	v.since = at
	switch {
	case v.fresh && e.Up && !v.core.SMTPAlert.Val:
		l.transitions.begins(v)
	case v.fresh:
		l.transitions.quorum(v, e, "start", at)
	case c != nil:
		l.transitions.quorum(v, e, c.name+": "+c.text, at)
	default:
		l.transitions.quorum(v, e, reason, at)
	}
}
