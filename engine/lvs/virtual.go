package lvs

import (
	"math"
	"slices"

	"holdfast/engine/model"
)

// Virtual is a virtual server as the core sees it: its resolved declaration,
// whose Servers and Checks are named by their index everywhere in this package.
type Virtual struct {
	*model.Virtual
}

// VirtualState is where a virtual server stands. It is a value: Step returns a
// new one and leaves the old one as it was.
type VirtualState struct {
	Quorum  bool // enough weight is up
	Servers []ServerState
}

// ServerState is where a real server stands: one Health per check, and what an
// operator wants of it.
type ServerState struct {
	Checks []Health
	Order  Order
	Kept   bool  // it failed, and its grace is not over
	Share  uint8 // of its weight, in hundredths, while it starts slowly; 0: all of it
}

// Up says whether all checks are up; a server without checks is.
func (s ServerState) Up() bool {
	return !slices.ContainsFunc(s.Checks, func(h Health) bool { return !h.Up })
}

// Begin is the state before anything was observed. The quorum counts as down
// until Step has seen Began.
func (v *Virtual) Begin() VirtualState {
	s := VirtualState{Servers: make([]ServerState, len(v.Servers))}
	for i := range v.Servers {
		s.Servers[i] = beginServer(&v.Servers[i])
	}
	return s
}

func beginServer(r *model.Real) ServerState {
	if len(r.Checks) == 0 {
		return ServerState{}
	}
	s := ServerState{Checks: make([]Health, len(r.Checks))}
	for i := range r.Checks {
		s.Checks[i] = Begin(PolicyOf(&r.Checks[i]))
	}
	return s
}

// Quorum is the weight needed: at least 1, and no more than all servers have
// together, as keepalived reduces it.
func (v *Virtual) Quorum() int {
	total := 0
	for i := range v.Servers {
		total += v.Servers[i].Weight.Val
	}
	return max(1, min(v.Virtual.Quorum.Val, total))
}

// Hysteresis is the band around the quorum, which is smaller than the quorum.
func (v *Virtual) Hysteresis() int {
	return max(0, min(v.Virtual.Hysteresis.Val, v.Quorum()-1))
}

// Weight is the weight of server i: the configured one, or, while checks with
// misc_dynamic ask for another, the configured one plus what each of them adds
// (what it asks for minus the configured one). It is never below 0, nor above what the
// kernel takes. An operator's order goes before both.
func (v *Virtual) Weight(s VirtualState, i int) int {
	configured := v.Servers[i].Weight.Val
	w := configured
	for _, h := range s.Servers[i].Checks {
		if h.Asked.Written {
			w += h.Asked.Val - configured
		}
	}
	return s.Servers[i].Order.weight(min(max(0, w), math.MaxInt32))
}

// UpWeight is the sum of the weights of the servers that are up.
func (v *Virtual) UpWeight(s VirtualState) int {
	sum := 0
	for i, server := range s.Servers {
		if server.Up() {
			sum += v.Weight(s, i)
		}
	}
	return sum
}

// SorryInUse says whether the sorry server stands in for the real ones.
func (v *Virtual) SorryInUse(s VirtualState) bool {
	return v.Virtual.Sorry.Written && !s.Quorum
}
