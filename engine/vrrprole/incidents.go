package vrrprole

import (
	"net/netip"
	"slices"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/incident"
	"holdfast/engine/register"
	"holdfast/engine/vrrp"
)

// incidents are what is wrong between a router and those that it hears; foreign are the
// senders for numbers that nobody here has.
func (l *loop) incidents(r *router, foreign []register.Entry, now time.Time) (list []control.Incident) {
	for _, one := range incident.Of(l.asIncident(r, foreign, now), now) {
		list = append(list, incidentStatus(one, r, l.complaints.of(r.key)))
	}
	return list
}

// asIncident is a router at an instant as its incidents are found by.
func (l *loop) asIncident(r *router, foreign []register.Entry, now time.Time) incident.Router {
	in := incident.Router{
		State: r.state, Advert: r.core.Advert, Own: r.wire.Held, Told: r.told, Deaf: r.deaf(), Grouped: r.team.group != nil,
		Waits: now.Before(r.core.NotBefore), Peers: len(r.cfg.Peers), Silenced: map[string]string{}, Heard: l.heardOf(r),
	}
	for to, why := range r.mute {
		if r.hasPeer(to) {
			in.Silenced[to.String()] = why
		}
	}
	for _, c := range l.complaints.of(r.key) {
		in.Faults = append(in.Faults, incident.Fault{Why: c.why, From: c.from, Since: c.since, Last: c.last, Count: c.count, Muted: c.muted})
	}
	for _, e := range foreign {
		if e.Link == r.socket().link && e.From.Is6() == r.wire.IPv6 && !l.isOwn(e.From) {
			in.Others = append(in.Others, e)
		}
	}
	return in
}

// isOwn says whether an address is one of this host.
func (l *loop) isOwn(ip netip.Addr) bool {
	for _, link := range l.links.byName {
		if slices.ContainsFunc(link.Addrs, func(p netip.Prefix) bool { return p.Addr() == ip }) {
			return true
		}
	}
	return false
}

// deaf says whether what keeps a router from working keeps it from hearing, too.
func (r *router) deaf() bool {
	switch r.state.Conditions.Fault {
	case vrrp.NoReason, vrrp.ScriptFailed, vrrp.ProcessMissing, vrrp.FileSays, vrrp.SessionDown, vrrp.NoPeers:
		return false
	}
	return true
}

// incidentStatus is an incident with the addresses as the configuration has them.
func incidentStatus(one incident.Incident, r *router, faults []complaint) control.Incident {
	s := control.Incident{Code: one.Code, Severity: string(one.Severity), Cause: one.Cause, VRID: one.VRID, Priority: one.Priority,
		Since: one.Since, Last: one.Last, Count: one.Count}
	if one.From.IsValid() {
		s.From = one.From.String()
	}
	if holder := r.state.Holder; r.state.Role != vrrp.Master && one.VRID != 0 {
		s.Holder = holder.String()
	}
	for _, ip := range one.Addrs {
		s.Addresses = append(s.Addresses, ip.String())
	}
	for _, f := range faults {
		if f.from == one.From && string(f.why) == one.Cause {
			s.Args = f.args
		}
	}
	return s
}
