package lvs

import (
	"net/netip"

	"holdfast/engine/model"
)

// Carry takes the state of a virtual server over to its new declaration.
// Servers are matched by address and port, checks by model.Identity: a check that
// stays keeps its health. A check that is new on a server that stays begins as
// its server stands, so that no server that is down comes up unproved; a new server
// begins as at a start. What an operator wants of a server that stays, stays. The quorum stays until Step has seen Began.
func Carry(old *Virtual, s VirtualState, v *Virtual) VirtualState {
	next := v.Begin()
	next.Quorum = s.Quorum
	at := make(map[netip.AddrPort]int, len(old.Servers))
	for i := len(old.Servers) - 1; i >= 0; i-- {
		at[Server(&old.Servers[i])] = i
	}
	for i := range v.Servers {
		r := &v.Servers[i]
		j, stays := at[Server(r)]
		if !stays {
			continue
		}
		was := s.Servers[j]
		next.Servers[i].Order, next.Servers[i].Share = was.Order, was.Share
		next.Servers[i].Kept = was.Kept && v.Grace() > 0
		known := make(map[string]Health, len(was.Checks))
		for k, c := range old.Servers[j].Checks {
			known[model.Identity(c)] = was.Checks[k]
		}
		for k, c := range r.Checks {
			if h, same := known[model.Identity(c)]; same {
				next.Servers[i].Checks[k] = h
			} else if len(was.Checks) > 0 {
				next.Servers[i].Checks[k].Up = was.Up()
			}
		}
	}
	return next
}

// Server is the identity of a real server within its virtual server.
func Server(r *model.Real) netip.AddrPort { return netip.AddrPortFrom(r.Addr.Unmap(), r.Port) }
