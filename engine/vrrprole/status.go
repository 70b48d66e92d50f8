package vrrprole

import (
	"slices"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/register"
	"holdfast/engine/vrrp"
)

// status tells where everything stands.
func (l *loop) status() control.Status {
	s := control.Status{Held: []control.Blocked{}, Maintenance: l.maintenanceStatus()}
	refused, foreign, now := l.standing.by(l.routers), l.adverts.foreign(), time.Now()
	for _, t := range l.teams {
		if t.group != nil {
			g := control.GroupStatus{Name: t.group.Name, State: t.role().String(), Since: t.since}
			for _, r := range t.routers {
				g.Members = append(g.Members, r.cfg.Name)
			}
			s.Groups = append(s.Groups, g)
		}
	}
	for _, cfg := range l.cfg.Instances {
		if r := l.byName[cfg.Name]; r != nil {
			s.Instances = append(s.Instances, l.instanceStatus(r, refused[r.cfg.Name], foreign, now))
		}
	}
	for _, sc := range l.scripts.list() {
		s.Scripts = append(s.Scripts, control.ScriptStatus{
			Name: sc.cfg.Name, State: sc.state(), Since: sc.since, Detail: sc.detail, Count: sc.verdict.Count,
		})
	}
	s.Sessions, s.SessionDrops = l.sessions.status()
	s.AdvertDrops = l.unheard.status()
	s.Held = slices.Concat(s.Held, refused[""], l.scripts.held(), l.sessions.held(), l.leftovers.held(), l.notify.unrun.Held(), l.unsynced)
	return s
}

// role is the group's state.
func (t *team) role() vrrp.Role { return t.core.Role(t.states()) }

// instanceStatus tells where a router stands; refused is what the kernel refuses it.
func (l *loop) instanceStatus(r *router, refused []control.Blocked, foreign []register.Entry, now time.Time) control.InstanceStatus {
	s := control.InstanceStatus{
		Name: r.cfg.Name, Interface: r.cfg.Interface, VRID: r.key.vrid,
		State: r.state.Role.String(), Since: r.state.Since, Reason: string(r.state.Reason),
		Base: int(r.core.Priority), Priority: int(r.state.Priority),
		HolderPriority: int(r.state.HolderPriority), Stats: r.stats, Refused: r.refusals(),
		Complaints: l.complaints.status(r.key), Incidents: l.incidents(r, foreign, now),
		Held: append(append([]control.Blocked{}, r.held...), refused...), Tracks: []control.TrackStatus{}, Addresses: []string{},
		NoAccept: r.cfg.NoAccept,
	}
	if r.state.Holder.IsValid() {
		s.Holder = r.state.Holder.String()
		s.Unheld = l.unheld(r)
	}
	s.Signing, s.Standby = r.signing(), l.standbyStatus(r.team)
	heard := l.heardOf(r)
	for _, e := range heard {
		s.Heard = append(s.Heard, advertStatus(e, []*router{r}, now))
	}
	for _, p := range r.cfg.Peers {
		s.Peers = append(s.Peers, control.PeerStatus{Address: p.Addr.String(), Unreachable: r.mute[p.Addr]})
	}
	if r.team.group != nil {
		s.Group = r.team.group.Name
	}
	for _, a := range slices.Concat(r.own, r.addrs) {
		s.Addresses = append(s.Addresses, a.Prefix.String())
	}
	for _, o := range r.routes {
		s.Routes = append(s.Routes, o.String())
	}
	for _, o := range r.rules {
		s.Rules = append(s.Rules, o.String())
	}
	around := l.surroundings(nil)
	s.Why = r.why(around, heard, now)
	for _, t := range r.core.Tracks {
		a, value := around.answer(t)
		adds, fault := t.Means(a, value)
		s.Tracks = append(s.Tracks, control.TrackStatus{
			Kind: t.Kind.String(), Name: t.Name, Up: a == vrrp.Good && (t.Kind != vrrp.ByFile || fault == vrrp.NoReason),
			Known: a != vrrp.Unknown && a != vrrp.Absent && !(t.Kind == vrrp.ByScript && l.scripts.unrun(t.Name)), Weight: t.Weight, Adds: adds,
		})
	}
	return s
}

// unheld gives those of a backup's addresses that the master does not advertise, and those
// of a master that the kernel refuses it, or that an owner's link has no longer.
func (l *loop) unheld(r *router) (list []string) {
	lacks := l.complaints.lackedBy(r.key, r.state.Holder)
	for _, a := range r.own {
		if r.state.Role == vrrp.Master && !slices.Contains(l.links.byName[a.Link].Addrs, a.Prefix) {
			list = append(list, a.Prefix.String())
		}
	}
	for _, a := range r.addrs {
		lacking := slices.Contains(lacks, a.Prefix.Addr().Unmap())
		if r.state.Role == vrrp.Master {
			lacking = l.standing.refusesToAdd(a)
		}
		if lacking {
			list = append(list, a.Prefix.String())
		}
	}
	return list
}
