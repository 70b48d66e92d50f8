package forecast

import (
	"net/netip"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/register"
	"holdfast/engine/vrrp"
)

// Of tells what would become of the addresses, instance by instance. An instance that goes
// on as it is has no line.
func Of(input Input) (list []Outcome) {
	in := newLook(input)
	for _, t := range in.Teams {
		w := in.play(t)
		for i, r := range t.Routers {
			if o := in.outcome(w, i, r); o.Code != "" {
				o.Name, o.Own = r.Name, w.states[i].Priority
				if o.Addrs == nil {
					o.Addrs = r.Wire.Held
				}
				list = append(list, o)
			}
		}
	}
	for _, r := range in.Gone {
		if o := in.goes(r); o.Code != "" {
			o.Name = r.Name
			list = append(list, o)
		}
	}
	return list
}

// outcome is what would become of one instance.
func (in look) outcome(w *world, i int, r Router) Outcome {
	s, was := w.states[i], r.Was.Role == vrrp.Master
	peer := w.best(i)
	o := Outcome{Here: s.Role == vrrp.Master, There: w.masters(i)}
	if peer != nil {
		o.From, o.Priority, o.Last = peer.entry.From, peer.entry.Advert().Priority, peer.entry.Last
	}
	switch {
	case s.Role == vrrp.Master:
		return in.held(w, i, r, o)
	case s.Role == vrrp.Init && !r.Was.Runs:
		o.Code = code.ForecastWaits
	case s.Role == vrrp.Fault && (was || !r.Was.Runs || r.Was.Role != vrrp.Fault):
		o.Code, o.Cause = code.ForecastFault, string(s.Reason)
		if was {
			o.Code = code.ForecastLeaves
		}
		if peer == nil {
			o = o.known(in.silent(r))
		}
	case s.Role == vrrp.Backup && was:
		o.Code, o.In = code.ForecastYields, w.left[i].Sub(in.Now)
		if w.left[i].IsZero() {
			o.In = 0
		}
	case s.Role == vrrp.Backup && !r.Was.Runs && peer != nil:
		o.Code = code.ForecastOther
	}
	return o
}

// held is what would become of an instance that is master in the end.
func (in look) held(w *world, i int, r Router, o Outcome) Outcome {
	if two, ok := in.two(r, o); ok {
		two.In = w.since(i, in.Now)
		return two
	}
	if may, ok := in.mayBeTwo(r, o); ok {
		may.In = w.since(i, in.Now)
		return may
	}
	switch {
	case r.Was.Role == vrrp.Master && w.left[i].IsZero():
		own := w.states[i].Priority
		e, ok := in.silent(r)
		if o = o.known(e, ok); ok && loses(own, r, e) || !ok && own < r.Was.Priority {
			o.Code = code.ForecastMayYield
		}
	case o.From.IsValid():
		o.Code, o.In = code.ForecastWins, w.since(i, in.Now)
	default:
		o.Code, o.In = code.ForecastTakes, w.since(i, in.Now)
	}
	return o
}

// since is how long it takes until a member is master.
func (w *world) since(i int, now time.Time) time.Duration {
	if w.became[i].IsZero() {
		return 0
	}
	return w.became[i].Sub(now)
}

// two says whether somebody who is heard now would hold addresses beside this node for good:
// a router that is refused and so does not hear us either, or one under another number.
func (in look) two(r Router, o Outcome) (Outcome, bool) {
	for _, e := range in.on(r) {
		why := r.judges(e)
		if in.live(e) && why.Drops() && !why.Elsewhere() && (r.shares(e) || len(e.Advert().Addrs) == 0) {
			return o.beside(e, string(why)), true
		}
	}
	for _, e := range in.claiming(r) {
		if in.live(e) {
			o = o.beside(e, code.OtherVRID)
			o.VRID = e.VRID
			return o, true
		}
	}
	return o, false
}

// beside is that a router would hold the addresses, too.
func (o Outcome) beside(e register.Entry, cause string) Outcome {
	o.Code, o.Cause, o.From, o.Priority, o.Last = code.ForecastTwo, cause, e.From, e.Advert().Priority, e.Last
	o.There = append(o.There, e.From)
	return o
}

// known puts in what is known of a router that is silent.
func (o Outcome) known(e register.Entry, ok bool) Outcome {
	if ok {
		o.From, o.Priority, o.Last = e.From, e.Advert().Priority, e.Last
	}
	return o
}

// silent is the router that was master of the number last and is silent now, perhaps as a
// backup.
func (in look) silent(r Router) (last register.Entry, ok bool) {
	for _, e := range in.on(r) {
		if !in.live(e) && r.shares(e) && e.Last.After(last.Last) {
			last, ok = e, true
		}
	}
	return last, ok
}

// loses says whether a master of this priority would yield to a router that is silent now.
func loses(own uint8, r Router, e register.Entry) bool {
	a := e.Advert()
	return a.Priority > own || a.Priority == own && r.State.Conditions.Source.Less(e.From)
}

// mayBeTwo says whether a backup that cannot be heard would become master beside this node,
// because the text changes what the two have to agree on.
func (in look) mayBeTwo(r Router, o Outcome) (Outcome, bool) {
	if e, ok := in.silent(r); ok && r.judges(e).Drops() {
		o = o.known(e, true)
		o.Code, o.Cause = code.ForecastMayBeTwo, string(r.judges(e))
		return o, true
	}
	if !r.Was.Runs {
		return in.mayBeTwoUnderTheOld(r, o)
	}
	if why := differs(r.Was.Wire, r.Wire); why != "" {
		o.Code, o.Cause = code.ForecastMayBeTwo, why
		return o, true
	}
	return o, false
}

// mayBeTwoUnderTheOld is mayBeTwo for an instance that takes the place of one with another
// number: a backup of that one takes its addresses when it goes.
func (in look) mayBeTwoUnderTheOld(r Router, o Outcome) (Outcome, bool) {
	for _, g := range in.Gone {
		if g.Link != r.Link || g.Wire.VRID == r.Wire.VRID || len(common(r.Wire.Held, g.Wire.Held)) == 0 {
			continue
		}
		o.Code, o.Cause, o.VRID, o.Addrs = code.ForecastMayBeTwo, code.OtherVRID, g.Wire.VRID, common(r.Wire.Held, g.Wire.Held)
		for _, e := range in.on(g) {
			if g.shares(e) && e.Last.After(o.Last) {
				o.From, o.Priority, o.Last = e.From, e.Advert().Priority, e.Last
			}
		}
		return o, true
	}
	return o, false
}

// differs names what two routers of a pair would not agree on any more; "" is nothing.
func differs(was, is vrrp.AdvertParams) string {
	switch {
	case was.Version != is.Version:
		return code.PacketVersion
	case was.Unicast != is.Unicast && is.Unicast:
		return code.PacketMulticast
	case was.Unicast != is.Unicast:
		return code.PacketUnicast
	case is.Version == vrrp.Version2 && was.AuthType != is.AuthType:
		return code.PacketAuthMismatch
	case is.Version == vrrp.Version2 && was.Auth != is.Auth:
		return code.PacketAuthFailed
	case is.Version == vrrp.Version2 && was.Interval != is.Interval:
		return code.PacketInterval
	}
	return ""
}

// goes is what would become of the addresses of an instance that goes, as far as no other
// one takes them.
func (in look) goes(r Router) Outcome {
	left := r.Wire.Held
	for _, t := range in.Teams {
		for _, next := range t.Routers {
			left = without(left, next.Wire.Held)
		}
	}
	if len(left) == 0 || r.Was.Role != vrrp.Master {
		return Outcome{}
	}
	o := Outcome{Code: code.ForecastLeaves, Cause: code.Removed, Addrs: left}
	return o.known(in.silent(r))
}

// common are the addresses of a that stand in b, too; without are the others.
func common(a, b []netip.Addr) []netip.Addr { return without(a, without(a, b)) }

func without(a, b []netip.Addr) (list []netip.Addr) {
	in := map[netip.Addr]bool{}
	for _, ip := range b {
		in[ip] = true
	}
	for _, ip := range a {
		if !in[ip] {
			list = append(list, ip)
		}
	}
	return list
}
