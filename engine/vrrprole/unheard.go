package vrrprole

import (
	"maps"
	"sync"

	"holdfast/engine/code"
	"holdfast/engine/vrrp"
)

// Why a packet came to no router, beside the codes of those that one refused.
const (
	dropShort     = code.PacketLength // it has not even the number of a router
	dropForeign   = code.UnknownVRID  // no instance on its link has the number
	dropElsewhere = "not-addressed"   // it came another way than the instance of its number hears, or its socket is closed
	dropAsleep    = "not-listening"   // the instance is in FAULT, or begins
	dropOverflow  = "inbox-full"      // more came than the role could read
)

// unheard counts the packets that came to no router, by reason.
type unheard struct {
	mu sync.Mutex // guards by: the readers of all sockets count
	by map[string]uint64
}

func (u *unheard) count(why string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.by == nil {
		u.by = map[string]uint64{}
	}
	u.by[why]++
}

// status is what was counted, nil for nothing.
func (u *unheard) status() map[string]uint64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return maps.Clone(u.by)
}

// refuse counts an advert that the router did not take, by reason.
func (r *router) refuse(why vrrp.Refusal) {
	if r.refused == nil {
		r.refused = map[vrrp.Refusal]uint64{}
	}
	r.refused[why]++
}

// refusals are the adverts that a router did not take, by reason; nil for none.
func (r *router) refusals() map[string]uint64 {
	if len(r.refused) == 0 {
		return nil
	}
	by := make(map[string]uint64, len(r.refused))
	for why, n := range r.refused {
		by[string(why)] = n
	}
	return by
}
