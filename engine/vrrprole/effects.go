package vrrprole

import (
	"net/netip"
	"slices"
	"strconv"
	"time"

	"holdfast/engine/journal"
	"holdfast/engine/vrrp"
)

// step lets an instance (or vrrp.Everyone) of a team take an event, and does
// what follows, in order.
func (l *loop) step(t *team, i int, ev vrrp.Event, now time.Time) {
	old := t.states()
	effects := t.step(i, ev, now)
	for _, e := range effects {
		if e.Member == vrrp.Whole {
			l.actForGroup(t, e, now)
		} else {
			l.act(t.routers[e.Member], e, now)
		}
	}
	for j, r := range t.routers {
		if r.state != old[j] {
			l.record.save(r)
		}
	}
	l.followSync()
}

// step lets an instance of the team take an event, and gives what is to be done.
func (t *team) step(i int, ev vrrp.Event, now time.Time) (effects []vrrp.Effect) {
	if t.group == nil {
		r := t.routers[0]
		r.state, effects = r.core.Step(r.state, ev, now)
		return effects
	}
	states, effects := t.core.Step(t.states(), i, ev, now)
	for j, r := range t.routers {
		r.state = states[j]
	}
	return effects
}

// states are those of its routers, in their order.
func (t *team) states() []vrrp.State {
	states := make([]vrrp.State, len(t.routers))
	for i, r := range t.routers {
		states[i] = r.state
	}
	return states
}

func (l *loop) act(r *router, e vrrp.Effect, now time.Time) {
	switch e.Do {
	case vrrp.LogTransition:
		l.noteState(r, e, now)
		if e.From == vrrp.Fault && e.To == vrrp.Backup && r.wire.Unicast {
			l.announceSource(r)
		}
	case vrrp.Advertise:
		l.advertise(r, e.Priority)
	case vrrp.AddAddresses:
		l.writer.hold(r.key, r.things())
	case vrrp.RemoveAddresses:
		l.writer.release(r.key)
	case vrrp.GratuitousARP:
		l.writer.announce(r.key, l.links.announced(r.addrs), e.Count)
	case vrrp.AnnounceElsewhere:
		l.writer.announceOnce(r.key, l.links.announced(l.elsewhere(r)))
	case vrrp.Notify:
		l.notify.state(l.cfg.Global, r.cfg, e)
	case vrrp.NotifyLower:
		l.notify.lower(l.cfg.Global, r.cfg, r.state.Priority)
	case vrrp.PriorityChanged:
		if role := r.state.Role; r.cfg.PriorityChanges.Val && (role == vrrp.Master || role == vrrp.Backup) {
			l.notify.fifos.Write(instanceLine(r.cfg.Name, role.String()+"_PRIORITY", e.Priority))
		}
		l.note(journal.Entry{At: now, Kind: journal.PriorityChange, Object: r.cfg.Name, Facts: map[string]string{
			journal.FactFrom: strconv.Itoa(int(e.Was)), journal.FactTo: strconv.Itoa(int(e.Priority)), journal.FactReason: string(e.Reason)}})
	}
}

// advertise writes one advert to the group or to each peer, at once. A peer that
// cannot be reached keeps the others from nothing and is no fault, as with keepalived. A
// failure is told when it begins, when it changes and when it ends.
func (l *loop) advertise(r *router, priority uint8) {
	sent := false
	if r.header.ID++; r.header.ID == 0 { // the same for all peers, as with keepalived
		r.header.ID = 1
	}
	if r.wire.Signing.Signs() {
		r.stamp = r.wire.Signing.Next(r.stamp, time.Now())
	}
	r.sequence++ // one of a router and of those it hears, so that whoever becomes master goes on
	for _, to := range r.to {
		if to == r.source {
			continue // the text names all routers: nobody listens to oneself
		}
		r.header.Src, r.header.Dst = r.source, to
		advert := r.advert(priority, to)
		err := l.sockets.send(r.socket(), r.header, advert)
		switch was := r.mute[to]; {
		case err == nil && was != "":
			delete(r.mute, to)
			l.log.Info("adverts are sent again", "instance", r.cfg.Name, "to", to)
		case err != nil && was != err.Error():
			r.mute[to] = err.Error()
			l.log.Warn("advert not sent", "instance", r.cfg.Name, "to", to, "reason", err)
		}
		sent = sent || err == nil
	}
	if !sent {
		return
	}
	r.sent = time.Now()
	r.stats.AdvertsSent++
	if priority == vrrp.PriorityResign {
		r.stats.PriZeroSent++
	}
	l.record.save(r)
}

// advert gives the packet for a priority and a place, until the next one is asked for.
func (r *router) advert(priority uint8, to netip.Addr) []byte {
	if r.wire.AuthType != vrrp.AuthAH {
		r.payload = r.wire.AppendSigned(r.payload[:0], r.wire.Advert(priority), r.source, to, r.stamp)
		return r.payload
	}
	r.payload = r.wire.Advert(priority).Append(append(r.payload[:0], make([]byte, vrrp.SealLen)...), r.source, to)
	seal := r.wire.Seal(vrrp.Sent{TTL: uint8(r.header.TTL), ID: r.header.ID, From: r.source, To: to}, r.sequence, r.payload[vrrp.SealLen:])
	copy(r.payload, seal[:])
	return r.payload
}

// announceSource tells the neighbours once where the source of a router's adverts is, as
// keepalived does when a fault ends: no peer asked for it meanwhile.
func (l *loop) announceSource(r *router) {
	for _, link := range l.links.byName {
		if !arps(link) || !slices.ContainsFunc(link.Addrs, func(p netip.Prefix) bool { return p.Addr() == r.source }) {
			continue
		}
		ip := r.source
		l.writer.do(func(h *writer) {
			if err := h.net.Announce(link.Name, ip); err != nil {
				h.tell(kernelRefusal{"arping -U " + ip.String(), err.Error()})
			}
		})
	}
}

// noteState puts a change of state into the journal and the counters.
func (l *loop) noteState(r *router, e vrrp.Effect, now time.Time) {
	if e.To == vrrp.Master {
		r.stats.BecameMaster++
		l.complaints.begins(r.key, time.Now())
	}
	if e.From == vrrp.Master {
		r.stats.ReleasedMaster++
	}
	l.complaints.tellAgain(r.key)
	clear(l.refusals)
	if r.state.Conditions.Standby != vrrp.NoStandby {
		l.changed = now
	}
	facts := map[string]string{
		journal.FactFrom: e.From.String(), journal.FactTo: e.To.String(), journal.FactReason: string(e.Reason),
		journal.FactPriority: strconv.Itoa(int(e.Priority)),
	}
	if object := r.state.Conditions.Object; e.To == vrrp.Fault && object != "" {
		facts[journal.FactAbout] = object
	}
	if holder := r.state.Holder; e.To == vrrp.Backup && holder.IsValid() {
		facts[journal.FactHolder] = holder.String()
	}
	l.note(journal.Entry{At: now, Kind: journal.InstanceState, Object: r.cfg.Name,
		Mail: r.cfg.SMTPAlert.Val && l.mailed(e.To), Facts: facts})
}

func (l *loop) actForGroup(t *team, e vrrp.Effect, now time.Time) {
	switch e.Do {
	case vrrp.LogTransition:
		t.since = now
		l.note(journal.Entry{At: now, Kind: journal.GroupState, Object: t.group.Name,
			Mail:  t.group.SMTPAlert.Val && l.mailed(e.To),
			Facts: map[string]string{journal.FactFrom: e.From.String(), journal.FactTo: e.To.String(), journal.FactReason: string(e.Reason)}})
	case vrrp.Notify:
		l.notify.group(l.cfg.Global, *t.group, e)
	}
}

// mailed says whether a change to this role is one for the mail: no_email_faults.
func (l *loop) mailed(to vrrp.Role) bool {
	return to != vrrp.Fault || !l.cfg.Global.NoEmailFaults
}
