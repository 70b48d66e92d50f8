package vrrprole

import (
	"net/netip"
	"slices"
	"strconv"
	"time"

	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

// heard checks a packet, counts, and lets the instance hear it. What the
// packet's own instant says is what counts, not when we came to read it.
func (l *loop) heard(r *router, p kernel.Packet) {
	if role := r.state.Role; role != vrrp.Backup && role != vrrp.Master {
		l.unheard.count(dropAsleep)
		return
	}
	heard := asHeard(p)
	heard.Master, heard.Sequence = r.state.Role == vrrp.Backup && p.Src == r.state.Holder, r.sequence
	heard.Peer, heard.Mark = r.hasPeer(p.Src), r.marks.Of(p.Src)
	adv, why := r.wire.Receive(heard)
	r.hearSequence(adv, p.Src, why)
	r.hearStamp(adv, p)
	if counted[why] {
		r.stats.AdvertsReceived++
	}
	r.count(why)
	if adv.OldSum && !why.Drops() && !r.wire.OldSum { // as keepalived: the peer reads no other
		r.wire.OldSum = true
		l.log.Info("checksums are those of an older peer", "instance", r.cfg.Name, "from", p.Src)
	}
	switch {
	case why == vrrp.Accepted:
		l.complaints.carries(r.key, p.Src)
	case why == vrrp.OddAddresses:
		l.complain(r, p, adv, why, r.lacking(adv.Addrs))
	default:
		l.complain(r, p, adv, why, nil)
	}
	if !why.Drops() && r.wire.Drifts(adv) {
		l.complain(r, p, adv, vrrp.ClockDrifts, nil)
	}
	if !why.Drops() {
		l.complaints.speaks(r.key, p.Src, why, p.At)
	}
	if why.Drops() {
		r.refuse(why)
		if why != vrrp.OtherPair {
			l.step(r.team, r.member, vrrp.Refused{From: p.Src}, p.At)
		}
		return
	}
	if adv.Priority == vrrp.PriorityResign {
		r.stats.PriZeroReceived++
	}
	if s := r.state; s.Role == vrrp.Master && p.Src == s.Conditions.Source && adv.Priority == s.Priority {
		l.complain(r, p, adv, vrrp.OwnAddress, nil)
	}
	holder := r.state.Holder
	l.step(r.team, r.member, vrrp.Heard{Priority: adv.Priority, From: p.Src, Interval: adv.Interval}, p.At)
	if r.state.Holder != holder {
		l.complaints.tellAgain(r.key)
	}
}

// counted are the verdicts on what keepalived counts as an advert received: the type,
// the length, the authentication and the interval are right.
var counted = map[vrrp.Refusal]bool{vrrp.Accepted: true, vrrp.BadChecksum: true, vrrp.PlainSum: true, vrrp.NotPeer: true, vrrp.BadPeerTTL: true, vrrp.OddAddresses: true}

// hearSequence goes on from the sequence of an advert whose authentication header is
// right. As with keepalived a master leaves one out after a router that gives way.
func (r *router) hearSequence(adv vrrp.Advert, from netip.Addr, why vrrp.Refusal) {
	if adv.Sequence == 0 {
		return
	}
	r.sequence = adv.Sequence
	s := r.state
	lower := adv.Priority != vrrp.PriorityResign && (adv.Priority < s.Priority || adv.Priority == s.Priority && from.Less(s.Conditions.Source))
	if s.Role == vrrp.Master && !why.Drops() && lower {
		r.sequence++
	}
}

// complain takes note of what is wrong with a packet.
func (l *loop) complain(r *router, p kernel.Packet, adv vrrp.Advert, why vrrp.Refusal, lacks []netip.Addr) {
	heard := asHeard(p)
	one := complaint{fault: fault{r.key, why}, from: p.Src, object: r.cfg.Name, lacks: lacks, muted: r.mutes(p, why), args: r.args(adv, heard, why),
		last: p.At, ends: p.At.Add(r.patience(vrrp.IntervalOf(heard)))}
	l.complaints.add(one)
}

// mutes says whether the sender of a packet may stay master in silence, for it hears us.
func (r *router) mutes(p kernel.Packet, why vrrp.Refusal) bool {
	adv, err := vrrp.ParseAdvert(p.Payload, p.Src.Is6())
	if r.state.Role != vrrp.Master || err != nil || adv.Priority == vrrp.PriorityResign {
		return false
	}
	return why.Mutes() || why == vrrp.OddAddresses && r.shouldHear(p.At)
}

// shouldHear says whether a router had to be silent by now, since the router is master for
// long enough: one that has other addresses and speaks all the same refuses our adverts, as
// keepalived before 2.3.3 does.
func (r *router) shouldHear(now time.Time) bool {
	return now.Sub(r.state.Since) >= r.core.Advert*3/2
}

// asHeard is a packet in the protocol's words.
func asHeard(p kernel.Packet) vrrp.Packet {
	return vrrp.Packet{Payload: p.Payload, TTL: p.TTL, From: p.Src, To: p.Dst, Headers: p.Headers, At: p.At}
}

func digit(version uint8) string { return strconv.Itoa(int(version)) }

// patience is after how long a silence a sender that advertises at this interval (0 if
// that is not known) counts as gone.
func (r *router) patience(interval time.Duration) time.Duration {
	core := r.core
	core.Advert = max(core.Advert, interval)
	return core.Down(vrrp.PriorityLowest)
}

// lacking gives those of the addresses we advertise that a peer does not.
func (r *router) lacking(heard []netip.Addr) (lacking []netip.Addr) {
	for _, ip := range r.told {
		if !slices.Contains(heard, ip) {
			lacking = append(lacking, ip)
		}
	}
	return lacking
}

// count adds a refusal to the counter keepalived has for it.
func (r *router) count(why vrrp.Refusal) {
	counters := map[vrrp.Refusal]*uint64{
		vrrp.BadLength: &r.stats.LengthErrors, vrrp.BadTTL: &r.stats.TTLErrors,
		vrrp.AuthInvalid: &r.stats.AuthInvalid, vrrp.AuthMismatch: &r.stats.AuthMismatch,
		vrrp.Unsigned: &r.stats.Unsigned, vrrp.BadTrailer: &r.stats.Malformed, vrrp.UnknownKey: &r.stats.UnknownKey,
		vrrp.HMACFailed: &r.stats.InvalidHMAC, vrrp.Stale: &r.stats.Stale,
		vrrp.AuthFailed: &r.stats.AuthFailures, vrrp.Replayed: &r.stats.AuthFailures, vrrp.BadInterval: &r.stats.IntervalErrors,
		vrrp.BadType: &r.stats.TypeErrors, vrrp.OddAddresses: &r.stats.AddressErrors, vrrp.OtherPair: &r.stats.AddressErrors, vrrp.NoAddresses: &r.stats.AddressErrors,
	}
	if r.wire.Signing != nil {
		counters[vrrp.Replayed] = &r.stats.Replayed
	}
	if c := counters[why]; c != nil {
		*c++
	}
}
