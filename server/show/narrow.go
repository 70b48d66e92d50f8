package show

import (
	"slices"
	"strings"

	"holdfast/engine/control"
)

// Narrowed is a status with the instances, scripts, sessions and virtual servers that a
// name is part of: their own, that of an address, or that of a real server, which then
// stands alone. found is false where there is none.
func Narrowed(all Status, name string) (narrow Status, found bool) {
	is := func(texts ...string) bool {
		return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(strings.ToLower(t), strings.ToLower(name)) })
	}
	narrow = all.only(
		func(in control.InstanceStatus) bool {
			return is(append([]string{in.Name, in.Group}, in.Addresses...)...)
		},
		func(s control.ScriptStatus) bool { return is(s.Name) },
		func(s control.SessionStatus) bool { return is(s.Name, s.Neighbor) },
		func(v control.VirtualStatus) (whole bool) { return is(v.Name) },
		func(s control.ServerStatus) bool { return is(s.Name) },
	)
	return narrow, !narrow.empty()
}

// Unwell is a status with what is not as it should be, and nothing else.
func Unwell(all Status) Status {
	return all.only(
		func(in control.InstanceStatus) bool {
			grave := func(i control.Incident) bool { return i.Severity != "unknown" }
			return in.State != "MASTER" && in.State != "BACKUP" || len(in.Held) > 0 || slices.ContainsFunc(in.Incidents, grave)
		},
		func(s control.ScriptStatus) bool { return s.State == "FAILED" },
		func(s control.SessionStatus) bool { return !s.Good },
		func(v control.VirtualStatus) (whole bool) { return !v.QuorumUp || v.SorryInUse || len(v.Held) > 0 },
		func(s control.ServerStatus) bool { return s.Order == nil && s.State != "UP" && s.State != "UNCHECKED" },
	)
}

// Fine says whether both roles answer and nothing is left of a status that Unwell gave.
func Fine(unwell Status) bool {
	held := func(s *control.Status) bool { return s != nil && (len(s.Held) > 0 || s.Pending != nil) }
	return len(unwell.Silent) == 0 && unwell.empty() && !held(unwell.VRRP) && !held(unwell.LVS)
}

func (s Status) empty() bool {
	return (s.VRRP == nil || len(s.VRRP.Instances)+len(s.VRRP.Scripts)+len(s.VRRP.Sessions) == 0) && (s.LVS == nil || len(s.LVS.Virtuals) == 0)
}

// only leaves what is to be kept. A virtual server is kept whole, or with those of its
// servers that are.
func (s Status) only(instance func(control.InstanceStatus) bool, script func(control.ScriptStatus) bool, session func(control.SessionStatus) bool,
	whole func(control.VirtualStatus) bool, server func(control.ServerStatus) bool) Status {
	if s.VRRP != nil {
		v := *s.VRRP
		v.Instances, v.Scripts, v.Sessions = kept(v.Instances, instance), kept(v.Scripts, script), kept(v.Sessions, session)
		s.VRRP = &v
	}
	if s.LVS != nil {
		l := *s.LVS
		l.Strangers = nil
		l.Virtuals = nil
		for _, v := range s.LVS.Virtuals {
			if !whole(v) {
				v.Servers = kept(v.Servers, server)
				if len(v.Servers) == 0 {
					continue
				}
			}
			l.Virtuals = append(l.Virtuals, v)
		}
		s.LVS = &l
	}
	return s
}

func kept[T any](list []T, keep func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(v T) bool { return !keep(v) })
}
