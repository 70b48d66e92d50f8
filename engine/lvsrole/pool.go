package lvsrole

import (
	"context"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/probe"
	"holdfast/engine/script"
)

// pool bounds the probes that are in flight.
type pool struct {
	limit    int
	inFlight int
	full     bool                // and that was told
	tell     func(journal.Entry) // the journal
}

// enter makes room for a probe; a full pool has none.
func (p *pool) enter() bool {
	if p.inFlight >= p.limit {
		p.poolFull(true)
		return false
	}
	p.inFlight++
	return true
}

// leave gives the room of a probe back.
func (p *pool) leave() {
	p.inFlight--
	if p.inFlight < p.limit/2 {
		p.poolFull(false)
	}
}

// poolFull tells once that the pool is full, and forgets it when half of it is
// free again.
func (p *pool) poolFull(full bool) {
	if full && !p.full {
		p.tell(journal.Entry{Kind: journal.Notice, Facts: map[string]string{
			journal.FactCode: code.ProbesFull, journal.FactReason: "more checks are due than may run at once",
		}})
	}
	p.full = full
}

// prober runs checks, and their programs by run as g says. Servers that ask for it see
// the certificate of shown.
func prober(g model.Global, run script.Runner, shown probe.Credentials) func(context.Context, model.Check) probe.Result {
	p := &probe.Prober{Credentials: shown, Program: func(ctx context.Context, c model.Command, limit time.Duration) probe.Exit {
		r := run(ctx, script.Job{
			Argv: c.Argv, User: c.User.Val.Name, Group: c.User.Val.Group, Timeout: limit, Secure: g.ScriptSecurity,
		})
		e := probe.Exit{Code: r.Code, TimedOut: r.TimedOut, Err: r.Err}
		if r.Signal != 0 {
			e.Signal = r.Signal.String()
		}
		return e
	}}
	return p.Run
}
