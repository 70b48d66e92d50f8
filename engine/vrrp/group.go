package vrrp

import (
	"slices"
	"time"
)

// Group is a vrrp_sync_group: its members are master together or not at all.
// Weighted tracks of members have no place in it; the role leaves them out.
type Group struct {
	Members []Instance
}

// Everyone addresses an event to all members at once.
const Everyone = -1

// Step gives the members' states after ev happened to member i (or to Everyone)
// at now, and what has to be done, in order. Effects of the group itself bear
// the member Whole and come after those of its members.
func (g Group) Step(members []State, i int, ev Event, now time.Time) ([]State, []Effect) {
	before := g.Role(members)
	p := groupStep{g: g, s: slices.Clone(members), now: now, kind: g.kind()}
	if i == Everyone {
		for j := range p.s {
			p.step(j, ev)
		}
	} else {
		was := p.s[i].Role
		p.step(i, ev)
		p.follow(i, was, ev)
	}
	p.settle()
	if after := g.Role(p.s); after != before {
		why := p.reason(after)
		p.effects = append(p.effects,
			Effect{Do: LogTransition, Member: Whole, From: before, To: after, Reason: why},
			Effect{Do: Notify, Member: Whole, From: before, To: after, Reason: why})
	}
	return p.s, p.effects
}

// Role is the group's state: MASTER if all members are, FAULT if any is, and
// INIT until all have left it.
func (g Group) Role(members []State) Role {
	var count [Stopped + 1]int
	for _, s := range members {
		count[s.Role]++
	}
	switch {
	case len(members) == 0 || count[Stopped] == len(members):
		return Stopped
	case count[Fault] > 0:
		return Fault
	case count[Init] > 0:
		return Init
	case count[Master] == len(members):
		return Master
	}
	return Backup
}

func (g Group) kind() groupKind {
	for _, in := range g.Members {
		if in.Priority != PriorityOwner || !in.Master {
			return mixed
		}
	}
	return owners
}

// groupStep is one step of a group in the making.
type groupStep struct {
	g       Group
	s       []State
	now     time.Time
	kind    groupKind
	effects []Effect
}

func (p *groupStep) step(j int, ev Event) {
	s, effects := p.g.Members[j].step(p.s[j], ev, p.now, p.kind)
	p.s[j] = s
	for _, e := range effects {
		e.Member = j
		p.effects = append(p.effects, e)
	}
}

// follow lets the others follow what member i did.
func (p *groupStep) follow(i int, was Role, ev Event) {
	_, lost := ev.(AddressLost)
	left := was == Master && p.s[i].Role == Backup
	lower := slices.ContainsFunc(p.effects, func(e Effect) bool { return e.Do == NotifyLower })
	for j := range p.s {
		if j == i || p.s[j].Role != Master {
			continue
		}
		if left || p.s[i].defers() {
			p.step(j, followGroup{Backup, GroupBackup, lost})
		} else if lower {
			p.step(j, reannounce{})
		}
	}
}

// defers says that the instance hears a master that it accepts.
func (s State) defers() bool {
	return s.Role == Backup && !s.Wants && s.Cause == AdvertTimeout && s.Holder.IsValid()
}

// settle moves the members until the group is of one mind: all in FAULT while
// one has a fault, all out of it when none has, all master once all want to be.
func (p *groupStep) settle() {
	fault := slices.ContainsFunc(p.s, func(s State) bool {
		return s.Role != Stopped && s.Conditions.Fault != NoReason
	})
	for j := range p.s {
		switch s := p.s[j]; {
		case s.Role == Stopped || s.Priority == 0: // gone, or not yet told what it stands on
		case fault && s.Role != Fault && (s.Role != Init || !s.Conditions.Waiting):
			why := s.Conditions.Fault
			if why == NoReason {
				why = GroupFault
			}
			p.step(j, followGroup{Fault, why, true})
		case !fault && s.Role == Init && !s.Conditions.Waiting:
			p.step(j, begin{})
			p.step(j, Tick{})
		case !fault && s.Role == Fault && !s.Conditions.Waiting:
			p.step(j, faultsCleared{})
		}
	}
	willing := func(s State) bool { return s.Role == Master || s.Role == Backup && s.Wants }
	if slices.ContainsFunc(p.s, func(s State) bool { return !willing(s) }) {
		return
	}
	for j := range p.s {
		if p.s[j].Role == Backup {
			p.step(j, allReady{})
		}
	}
}

// reason is why the group came into its role: that of the member which did not
// merely follow the group.
func (p *groupStep) reason(role Role) Reason {
	why := NoReason
	for _, s := range p.s {
		if s.Role != role {
			continue
		}
		if why = s.Reason; why != GroupBackup && why != GroupFault {
			break
		}
	}
	return why
}
