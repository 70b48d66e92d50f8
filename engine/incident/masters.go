package incident

import (
	"net/netip"
	"slices"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/register"
	"holdfast/engine/vrrp"
)

// twoMasters are the routers that hold an address of the instance beside this node, or, where
// this node is no master, beside the one that it takes for the master.
func (r Router) twoMasters(now time.Time) (list []Incident) {
	if r.State.Role != vrrp.Master {
		return r.besideTheHolder(now)
	}
	for _, f := range r.Faults {
		e, known := r.heard(f.From)
		live := f.Muted || known && e.Live(now)
		second := f.Why.Drops() && !f.Why.Elsewhere() && live || r.refusesUs(f)
		if !second || tells(list, f.From) {
			continue
		}
		one := Incident{Code: code.TwoMasters, Severity: Grave, Cause: string(f.Why), From: f.From, Addrs: r.Own,
			Since: later(f.Since, r.State.Since), Last: f.Last, Count: f.Count}
		if known {
			if addrs := e.Advert().Addrs; len(addrs) > 0 {
				if one.Addrs = common(r.Own, addrs); len(one.Addrs) == 0 {
					continue // another pair with the number
				}
			}
			one.Priority = e.Advert().Priority
		}
		list = append(list, one)
	}
	for _, e := range r.Heard {
		if r.staysBeside(e, now) && !tells(list, e.From) {
			list = append(list, beside(e, common(r.Own, e.Advert().Addrs), code.OneWay, r.State.Since))
		}
	}
	return append(list, r.underOtherNumbers(now)...)
}

// refusesUs says whether a router with other addresses spoke when it had to be silent: it
// refuses our adverts, and may go on without a word.
func (r Router) refusesUs(f Fault) bool {
	return f.Why == vrrp.OddAddresses && f.Muted && f.Last.Sub(r.State.Since) >= r.Advert*3/2
}

// staysBeside says whether a router of our number goes on although it should have given
// way to our adverts: it does not hear them. For one interval and a half it may.
func (r Router) staysBeside(e register.Entry, now time.Time) bool {
	a := e.Advert()
	if !e.Live(now) || e.From == r.State.Conditions.Source || r.faulty(e.From) || !r.owns(a.Addrs) {
		return false
	}
	return e.Last.Sub(later(e.Since, r.State.Since)) >= max(a.Interval, r.Advert)*3/2
}

// underOtherNumbers are the routers that advertise an address of the instance under
// another number.
func (r Router) underOtherNumbers(now time.Time) (list []Incident) {
	for _, e := range r.Others {
		if addrs := common(r.Own, e.Advert().Addrs); e.Live(now) && len(addrs) > 0 && e.From != r.State.Conditions.Source {
			one := beside(e, addrs, code.OtherVRID, r.State.Since)
			one.VRID = e.VRID
			list = append(list, one)
		}
	}
	return list
}

// besideTheHolder are those under other numbers, where a master of our number is heard.
func (r Router) besideTheHolder(now time.Time) []Incident {
	holder, known := r.heard(r.State.Holder)
	if !known || !holder.Live(now) {
		return nil
	}
	others := r.underOtherNumbers(now)
	return slices.DeleteFunc(others, func(one Incident) bool { return one.From == holder.From })
}

// beside is that a router holds addresses as well.
func beside(e register.Entry, addrs []netip.Addr, cause string, since time.Time) Incident {
	return Incident{Code: code.TwoMasters, Severity: Grave, Cause: cause, From: e.From, Priority: e.Advert().Priority, Addrs: addrs,
		Since: later(e.Since, since), Last: e.Last, Count: e.Count}
}

// noMaster is that nobody is heard who holds the addresses, for longer than a take-over
// needs.
func (r Router) noMaster(now time.Time) []Incident {
	since := r.State.Since
	for _, e := range r.Heard {
		since = later(since, e.Last)
	}
	if r.Deaf || r.held(now) || now.Sub(since) < 3*r.Advert {
		return nil
	}
	one := Incident{Code: code.NoMaster, Severity: Grave, Since: since, Addrs: r.Own}
	switch {
	case r.State.Role == vrrp.Fault:
		one.Cause = string(r.State.Reason)
	case r.State.Role == vrrp.Backup && r.Waits:
		one.Cause = code.StartupDelay
	case r.State.Role == vrrp.Backup && r.Grouped && r.State.Wants:
		one.Cause = code.GroupWaits
	default:
		return nil
	}
	return []Incident{one}
}

// noBackup is that nothing is known of a router that would take over: a backup is silent.
// The master before, where one was heard, is the evidence.
func (r Router) noBackup() Incident {
	one := Incident{Code: code.BackupUnknown, Severity: Unknown, Since: r.State.Since}
	for _, e := range r.Heard {
		if e.From == r.State.Conditions.Source || r.faulty(e.From) || !r.owns(e.Advert().Addrs) {
			continue
		}
		if e.Last.After(one.Last) {
			one.From, one.Priority, one.Last, one.Count = e.From, e.Advert().Priority, e.Last, e.Count
		}
	}
	if r.Peers > 0 && len(r.Silenced) == r.Peers {
		one.Severity, one.Cause = Warning, code.PeersUnreachable
	}
	return one
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// common are the addresses of a that stand in b, too.
func common(a, b []netip.Addr) (list []netip.Addr) {
	for _, ip := range a {
		if slices.Contains(b, ip) {
			list = append(list, ip)
		}
	}
	return list
}
