package lvsrole

import (
	"context"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
)

// sessions are the states of the BFD sessions that checks ask for. The vrrp role speaks
// them all, since one socket hears a port; this role follows its status and its journal.
// While the vrrp role is away the state that was seen last stays.
type sessions struct {
	follow    func(ctx context.Context, runDir string, tell func(sessionSeen))
	following bool
	seen      map[string]sessionSeen
}

// sessionSeen is the state of a session from an instant on.
type sessionSeen struct {
	name, state string
	good        bool // as in keepalived, also after the neighbour ended it on purpose
}

// refollow is how long after the vrrp role ended its socket is tried again.
const refollow = 100 * time.Millisecond

// followSessions tells of each session and of each change of one, until ctx ends.
func followSessions(ctx context.Context, runDir string, tell func(sessionSeen)) {
	client := control.Dial(control.Socket(runDir, "vrrp"))
	for ctx.Err() == nil {
		since := map[string]time.Time{}
		status, err := client.Status(ctx)
		if err == nil {
			for _, s := range status.Sessions {
				since[s.Name] = s.Since
				tell(sessionSeen{s.Name, s.State, s.Good})
			}
			// It ends with the role, or with entries that were lost.
			err = client.Journal(ctx, status.Seq, func(e journal.Entry) error {
				switch {
				case e.Kind == journal.Lost:
					return context.Canceled
				case e.Kind == journal.SessionState && e.At.After(since[e.Object]): // others the status knew
					if s, some := seenOf(e); some {
						tell(s)
					}
				}
				return nil
			})
		}
		if err != nil && ctx.Err() == nil {
			pause := time.NewTimer(refollow)
			select {
			case <-pause.C:
			case <-ctx.Done():
			}
			pause.Stop()
		}
	}
}

// seenOf is what an entry of the journal says of a session; some is false where those
// who follow it see no change.
func seenOf(e journal.Entry) (s sessionSeen, some bool) {
	from, to := e.Facts[journal.FactFrom], e.Facts[journal.FactTo]
	s = sessionSeen{e.Object, to, to == "UP"}
	switch {
	case to == "UP", from == "ADMIN_DOWN":
		return s, true
	case from == "UP":
		return s, e.Facts[journal.FactReason] != code.SessionStopped
	}
	return s, false
}

// followSessions starts to follow the sessions, where a check asks for one.
func (l *loop) followSessions(now time.Time) {
	asked := false
	l.eachCheckOf(model.BFDCheck, func(c *check) {
		asked = true
		if s, known := l.sessions.seen[c.declared().Session.Val]; known {
			l.sessionResult(c, s, now)
		}
	})
	if !asked || l.sessions.following {
		return
	}
	l.sessions.following = true
	l.wg.Go(func() {
		l.sessions.follow(l.work, l.host.RunDir, func(s sessionSeen) { l.tell(func(l *loop) { l.sessionNews(s) }) })
	})
}

// sessionNews takes in the state of a session.
func (l *loop) sessionNews(s sessionSeen) {
	l.sessions.seen[s.name] = s
	l.eachCheckOf(model.BFDCheck, func(c *check) {
		if c.declared().Session.Val == s.name {
			l.sessionResult(c, s, time.Now())
		}
	})
}

// sessionResult is what the state of a session says of a check.
func (l *loop) sessionResult(c *check, s sessionSeen, now time.Time) {
	if l.stopping || c.health().Known && c.health().Up == s.good {
		return
	}
	c.at, c.text = now, s.state
	l.step(c.virtual, lvs.Observed{Server: c.server, Check: c.index, Result: lvs.Result{Up: s.good}}, c, now)
}
