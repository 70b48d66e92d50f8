package vrrprole

import (
	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

// heard checks a packet, counts, and lets the instance hear it. What the
// packet's own instant says is what counts, not when we came to read it.
func (l *loop) heard(r *router, p kernel.Packet) {
	if role := r.state.Role; role != vrrp.Backup && role != vrrp.Master {
		return
	}
	adv, why := r.wire.Receive(p.Payload, p.TTL, p.Dst)
	if counted[why] {
		r.stats.AdvertsReceived++
	}
	r.count(why)
	if why != vrrp.Accepted {
		l.complain(r, p.Src, why)
		if why != vrrp.OddAddresses {
			return
		}
	}
	if adv.Priority == vrrp.PriorityResign {
		r.stats.PriZeroReceived++
	}
	if s := r.state; s.Role == vrrp.Master && p.Src == s.Conditions.Source && adv.Priority == s.Priority {
		l.complain(r, p.Src, vrrp.OwnAddress)
	}
	holder := r.state.Holder
	l.step(r.team, r.member, vrrp.Heard{Priority: adv.Priority, From: p.Src}, p.At)
	if r.state.Holder != holder {
		clear(r.refused)
	}
}

// counted are the verdicts on what keepalived counts as an advert received: the type,
// the length, the authentication and the interval are right.
var counted = map[vrrp.Refusal]bool{vrrp.Accepted: true, vrrp.BadChecksum: true, vrrp.NotMulticast: true, vrrp.OddAddresses: true}

// count adds a refusal to the counter keepalived has for it.
func (r *router) count(why vrrp.Refusal) {
	counters := map[vrrp.Refusal]*uint64{
		vrrp.BadLength: &r.stats.LengthErrors, vrrp.BadTTL: &r.stats.TTLErrors,
		vrrp.AuthInvalid: &r.stats.AuthInvalid, vrrp.AuthMismatch: &r.stats.AuthMismatch,
		vrrp.AuthFailed: &r.stats.AuthFailures, vrrp.BadInterval: &r.stats.IntervalErrors,
		vrrp.BadType: &r.stats.TypeErrors, vrrp.OddAddresses: &r.stats.AddressErrors,
	}
	if c := counters[why]; c != nil {
		*c++
	}
}
