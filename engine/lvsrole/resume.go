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
		s.Servers[r.name] = server
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
	begun, _ := v.core.Step(v.core.Begin(), lvs.Began{})
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

func (p past) restoreServer(virtual string, s *server) {
	if saved, there := p.Virtuals[virtual].Servers[s.name]; there {
		s.since, s.reason, s.ramps = saved.Since, saved.Reason, saved.Since
	} else if !p.Since.IsZero() {
		s.since = p.Since
	}
}

func (p past) restoreCheck(virtual, server string, c *check) {
	if saved, there := p.Virtuals[virtual].Servers[server].Checks[c.identity]; there {
		c.at, c.text = saved.At, saved.Text
	}
}
