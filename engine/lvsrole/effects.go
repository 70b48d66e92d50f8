package lvsrole

import (
	"os"
	"strconv"
	"strings"
	"time"

	"holdfast/engine/journal"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/script"
)

// step lets one virtual server take in an event and carries out what follows.
// c is the check that brought it about, if one did.
func (l *loop) step(v *virtual, ev lvs.Event, c *check, at time.Time) {
	state, effects := v.core.Step(v.state, ev)
	v.state = state
	for _, e := range effects {
		switch e := e.(type) {
		case lvs.Write:
			l.dirty[v.key] = true
			v.wanted = nil
		case lvs.ServerChanged:
			l.serverChanged(v, e, c, at)
		case lvs.QuorumChanged:
			l.quorumChanged(v, e, c, at)
		}
	}
	if len(effects) > 0 {
		l.record.changed(at)
	}
}

func (l *loop) serverChanged(v *virtual, e lvs.ServerChanged, c *check, at time.Time) {
	s := v.servers[e.Server]
	s.since, s.reason = at, c.text
	l.tellServer(v, e, c.text, c.name, at)
}

// tellServer puts a change of a server into the journal and runs its script.
// check is the one that brought it about, if one did.
func (l *loop) tellServer(v *virtual, e lvs.ServerChanged, reason, check string, at time.Time) {
	s, declared := v.servers[e.Server], v.core.Servers[e.Server]
	from, to, script := "UP", "DOWN", declared.NotifyDown
	if e.Up {
		from, to, script = to, from, declared.NotifyUp
	}
	l.host.Journal(journal.Entry{
		At: at, Kind: journal.ServerState, Object: v.name + "/" + s.name, Mail: declared.SMTPAlert.Val,
		Facts: map[string]string{
			"virtual": v.name, "server": s.name, "from": from, "to": to, "reason": reason, "check": check,
		},
	})
	l.notify(v.name+"/"+s.name, script)
}

// quorumChanged tells of a quorum gained or lost. A virtual server that begins
// runs its script too, as with keepalived, but one that begins well is worth an
// entry only to those who asked for mails.
func (l *loop) quorumChanged(v *virtual, e lvs.QuorumChanged, c *check, at time.Time) {
	v.since = at
	switch {
	case v.fresh && e.Up && !v.core.SMTPAlert.Val:
		l.notify(v.name, v.core.QuorumUp)
	case v.fresh:
		l.tellQuorum(v, e, "start", at)
	case c != nil:
		l.tellQuorum(v, e, c.name+": "+c.text, at)
	default:
		l.tellQuorum(v, e, "reconfigured", at)
	}
}

// tellQuorum puts a change of the quorum into the journal and runs its script.
func (l *loop) tellQuorum(v *virtual, e lvs.QuorumChanged, reason string, at time.Time) {
	from, to, script := "UP", "DOWN", v.core.QuorumDown
	if e.Up {
		from, to, script = to, from, v.core.QuorumUp
	}
	if v.fresh {
		from = "INIT"
	}
	l.host.Journal(journal.Entry{
		At: at, Kind: journal.QuorumState, Object: v.name, Mail: v.core.SMTPAlert.Val,
		Facts: map[string]string{
			"virtual": v.name, "from": from, "to": to, "reason": reason,
			"weight": strconv.Itoa(e.Weight), "quorum": strconv.Itoa(e.Quorum), "hysteresis": strconv.Itoa(e.Hysteresis),
		},
	})
	l.notify(v.name, script)
}

// notify runs a program of the operator, after those of the same object that
// were there before it.
func (l *loop) notify(object string, c model.Command) {
	if !c.Written() {
		return
	}
	job := script.Job{Argv: c.Argv, User: c.User.Val.Name, Group: c.User.Val.Group, Secure: l.cfg.Global.ScriptSecurity}
	journal := l.host.Journal
	l.scripts.Add(object, job, func(r script.Result) {
		if !r.OK() {
			journal(scriptFailed(object, c, r))
		}
	})
}

func scriptFailed(object string, c model.Command, r script.Result) journal.Entry {
	line := c.Line
	if line == "" {
		line = strings.Join(c.Argv, " ")
	}
	return journal.Entry{Kind: journal.ScriptFailed, Object: object, Facts: map[string]string{
		"command": line, "reason": r.String(),
	}}
}

// started tells how the role begins.
func (l *loop) started(resumed bool) {
	how := "fresh"
	if resumed {
		how = "resumed"
	} else if len(l.writer.ours) > 0 {
		how = "adopted"
	}
	l.host.Journal(journal.Entry{Kind: journal.Started, Facts: map[string]string{
		"pid": strconv.Itoa(os.Getpid()), "how": how,
	}})
}
