package why

import (
	"holdfast/engine/code"
	"holdfast/engine/vrrp"
)

// without is what the instance would be with the opposite answer to a track. A number in
// a file has no opposite.
func (in Instance) without(t Tracked) (If, bool) {
	flipped := t
	switch {
	case t.Kind == vrrp.ByFile || t.Answer == vrrp.Unknown || t.Answer == vrrp.Absent:
		return If{}, false
	case t.Answer == vrrp.Good:
		flipped.Answer = vrrp.Bad
	default:
		flipped.Answer = vrrp.Good
	}
	one := If{Kind: t.Kind, Name: t.Name, Fails: t.Answer == vrrp.Good, From: in.Other.From, Peer: in.Other.Priority}
	adjust := 0
	for _, other := range in.Tracks {
		if other.Track == t.Track {
			other = flipped
		}
		adds, fault := other.Means(other.Answer, other.Value)
		adjust += adds
		if fault != vrrp.NoReason {
			one.Code = code.IfFault
		}
	}
	if one.Code == code.IfFault {
		if in.State.Role == vrrp.Fault {
			return If{}, false // another thing keeps it there
		}
		return one, true
	}
	c := in.State.Conditions
	c.Adjust = adjust
	one.Priority = in.Core.Under(c)
	if in.State.Role == vrrp.Fault {
		one.Code = code.IfReturns
		return one, true
	}
	one.Code = in.moves(one.Priority)
	return one, true
}

// moves is what becomes of the addresses at another priority.
func (in Instance) moves(priority uint8) string {
	known := in.Other.From.IsValid()
	switch {
	case in.State.Role == vrrp.Master && !known && priority < in.State.Priority:
		return code.IfUnknown
	case in.State.Role == vrrp.Master && known && priority < in.Other.Priority:
		return code.IfThere
	case in.State.Role == vrrp.Backup && known && priority > in.Other.Priority && !in.Core.NoPreempt && !in.State.Conditions.Standby.Defers() && in.State.Priority <= in.Other.Priority:
		return code.IfHere
	}
	return code.IfStays
}
