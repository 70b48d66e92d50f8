package lvsrole

import (
	"slices"
	"time"

	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// past is what is known of the run before: its record, and what its manifest
// named. The zero past knows nothing.
type past struct {
	savedState
	named plan.Owned
}

// saved is what the next process has to know of v, unless v stands as it would
// after a fresh start at start.
func (v *virtual) saved(start time.Time) (s savedVirtual, differs bool) {
	if !v.differsFromFresh(start) {
		return s, false
	}
	s = savedVirtual{Quorum: v.state.Quorum, Since: v.since, State: v.word.state, Began: v.word.since}
	for i, r := range v.servers {
		if !v.serverDiffers(i) {
			continue
		}
		server := savedServer{Since: r.since, Reason: r.reason, Checks: map[string]savedCheck{}}
		for j, c := range r.checks {
			h := v.state.Servers[i].Checks[j]
			server.Checks[c.identity] = savedCheck{Up: h.Up, Asked: h.Asked, At: c.at, Text: c.text}
		}
		if s.Servers == nil {
			s.Servers = map[string]savedServer{}
		}
		s.Servers[v.serverName(i)] = server
	}
	return s, true
}

// differsFromFresh says whether v is otherwise than it was at the start.
func (v *virtual) differsFromFresh(start time.Time) bool {
	for i := range v.servers {
		if v.serverDiffers(i) {
			return true
		}
	}
	fresh := v.state // its servers are as they begin
	fresh.Quorum = false
	begun, _ := v.core.Step(fresh, lvs.Began{})
	return v.state.Quorum != begun.Quorum || !v.since.Equal(start)
}

// serverDiffers says whether a fresh start would see server i otherwise.
func (v *virtual) serverDiffers(i int) bool {
	for j, h := range v.state.Servers[i].Checks {
		if h.Up != lvs.Begin(lvs.PolicyOf(&v.core.Servers[i].Checks[j])).Up || h.Asked.Written {
			return true
		}
	}
	return v.servers[i].reason != ""
}

// restore gives v the state it had in the run before; fresh says that it was
// not there.
func (p past) restore(v *virtual, now time.Time) (s lvs.VirtualState, fresh bool) {
	s = v.core.Begin()
	saved, differed := p.Virtuals[v.name]
	if !differed {
		if !slices.ContainsFunc(v.keys, p.named.Names) {
			return s, true
		}
		v.since = p.Since
		s, _ = v.core.Step(s, lvs.Began{})
		return s, false
	}
	s.Quorum = saved.Quorum
	v.since, v.word = saved.Since, word{saved.State, saved.Began}
	for i, r := range v.core.Servers {
		for j, c := range r.Checks {
			if check, known := saved.Servers[r.Name()].Checks[model.Identity(c)]; known {
				s.Servers[i].Checks[j] = lvs.Health{Up: check.Up, Known: true, Asked: check.Asked}
			}
		}
		if server, known := saved.Servers[r.Name()]; known {
			since := now.Sub(server.Since)
			if up := s.Servers[i].Up(); up && server.Reason != "" {
				s.Servers[i].Share = v.core.ShareAfter(since)
			} else if !up {
				s.Servers[i].Kept = since < v.core.Grace()
			}
		}
	}
	return s, false
}

// restoreServer gives server i of v what is known of it, but for its checks.
func (p past) restoreServer(v *virtual, i int) {
	s := &v.servers[i]
	if saved, there := p.server(v, i); there {
		s.since, s.reason = saved.Since, saved.Reason
	} else if !p.Since.IsZero() {
		s.since = p.Since
	}
}

// server is what is known of server i of v.
func (p past) server(v *virtual, i int) (saved savedServer, there bool) {
	if servers := p.Virtuals[v.name].Servers; len(servers) > 0 {
		saved, there = servers[v.serverName(i)]
	}
	return saved, there
}

func (p past) restoreCheck(v *virtual, server int, c *check) {
	of, _ := p.server(v, server)
	if saved, there := of.Checks[c.identity]; there {
		c.at, c.text = saved.At, saved.Text
	}
}
