package vrrprole

import (
	"time"

	"holdfast/engine/control"
	"holdfast/engine/register"
	"holdfast/engine/vrrp"
	"holdfast/engine/why"
)

// why tells why a router is in its role; heard are the others of its number.
func (r *router) why(around surroundings, heard []register.Entry, now time.Time) *control.Why {
	in := why.Instance{Core: r.core, State: r.state, Other: r.other(heard), Grouped: r.team.group != nil}
	for _, t := range r.core.Tracks {
		a, value := around.answer(t)
		in.Tracks = append(in.Tracks, why.Tracked{Track: t, Answer: a, Value: value})
	}
	return whyStatus(why.Of(in, now), r.state)
}

// other is the router that counts for the election: the master that a backup hears, or of
// a master the one that was heard last.
func (r *router) other(heard []register.Entry) (o why.Router) {
	if r.state.Role == vrrp.Backup {
		return why.Router{From: r.state.Holder, Priority: r.state.HolderPriority}
	}
	last := time.Time{}
	for _, e := range heard {
		if e.From != r.state.Conditions.Source && e.Last.After(last) && !r.judges(e).Drops() {
			o, last = why.Router{From: e.From, Priority: e.Advert().Priority}, e.Last
		}
	}
	return o
}

func whyStatus(w why.Why, s vrrp.State) *control.Why {
	out := &control.Why{Code: w.Code, Sum: w.Sum, Own: w.Own, Priority: w.Peer, In: w.In}
	if w.From.IsValid() {
		out.From = w.From.String()
	}
	if s.Role == vrrp.Fault {
		out.Reason, out.Object = string(s.Reason), s.Conditions.Object
	}
	for _, i := range w.Ifs {
		one := control.If{Kind: i.Kind.String(), Name: i.Name, Fails: i.Fails, Priority: i.Priority, Code: i.Code, Peer: i.Peer}
		if i.From.IsValid() {
			one.From = i.From.String()
		}
		out.Ifs = append(out.Ifs, one)
	}
	return out
}
