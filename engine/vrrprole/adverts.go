package vrrprole

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/register"
	"holdfast/engine/vrrp"
)

// adverts is the register of what the sockets hear. Their readers write it, the loop
// reads it.
type adverts struct {
	mu    sync.Mutex // guards known
	known register.Register
}

// hear takes note of a packet; ours says that an instance here has its number.
func (a *adverts) hear(link string, ours bool, p kernel.Packet) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.known.Hear(register.Heard{Link: link, Ours: ours, Packet: asHeard(p), At: p.At})
}

// of are the senders of adverts for one virtual router.
func (a *adverts) of(link string, vrid uint8, six bool) []register.Entry {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.known.Of(link, vrid, six)
}

// foreign are the senders of adverts for routers that are not configured here.
func (a *adverts) foreign() []register.Entry {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.known.Foreign()
}

// all are all senders, and how many adverts found no room.
func (a *adverts) all(now time.Time) ([]register.Entry, uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.known.All(now), a.known.Missed()
}

// heardOf are the senders of adverts for a router.
func (l *loop) heardOf(r *router) []register.Entry {
	return l.adverts.of(r.socket().link, r.key.vrid, r.wire.IPv6)
}

// listen are all senders with what the instances here make of them.
func (l *loop) listen(now time.Time) control.Adverts {
	all, missed := l.adverts.all(now)
	by := map[wireRouter][]*router{}
	for _, cfg := range l.cfg.Instances {
		if r := l.byName[cfg.Name]; r != nil {
			key := wireRouter{r.socket().link, r.key.vrid, r.wire.IPv6}
			by[key] = append(by[key], r)
		}
	}
	list := control.Adverts{At: now, List: make([]control.Advert, 0, len(all)), Missed: missed}
	for _, e := range all {
		list.List = append(list.List, advertStatus(e, by[wireRouter{e.Link, e.VRID, e.From.Is6()}], now))
	}
	return list
}

// wireRouter is a virtual router as the wire knows it.
type wireRouter struct {
	link string
	vrid uint8
	six  bool
}

// authNames are the authentication types of version 2 by their keepalived words.
var authNames = map[uint8]string{vrrp.AuthPass: "PASS", vrrp.AuthAH: "AH"}

// advertStatus tells of a sender; hearers are the instances here of its number.
func advertStatus(e register.Entry, hearers []*router, now time.Time) control.Advert {
	a := e.Advert()
	s := control.Advert{
		Interface: e.Link, From: e.From.String(), To: e.Packet.To.String(), VRID: e.VRID, Version: a.Version, Priority: a.Priority,
		Interval: a.Interval, TTL: e.Packet.TTL, Addresses: []string{}, Live: e.Live(now), Resigned: e.Resigned,
		First: e.First, Since: e.Since, Last: e.Last, Count: e.Count,
	}
	if a.Version == vrrp.Version2 {
		s.Auth = authNames[a.AuthType]
	}
	for _, ip := range a.Addrs {
		s.Addresses = append(s.Addresses, ip.String())
	}
	for _, r := range hearers {
		s.Instances = append(s.Instances, r.cfg.Name)
	}
	if len(hearers) > 0 {
		if why := hearers[0].judges(e); why.Drops() {
			s.Refused = string(why)
		}
	}
	return s
}

// judges is what a router makes of the last advert of a sender, whatever its sequence is.
func (r *router) judges(e register.Entry) vrrp.Refusal {
	p := e.Packet
	p.Master, p.Sequence = p.From == r.state.Holder, 0
	_, why := r.wire.Receive(p)
	return why
}

// named puts the hardware addresses to the senders that the kernel knows as neighbours.
func named(list control.Adverts, known []kernel.Neighbor) control.Adverts {
	by := map[string]net.HardwareAddr{}
	for _, n := range known {
		by[n.Link+" "+n.Addr.String()] = n.MAC
	}
	for i, a := range list.List {
		from, err := netip.ParseAddr(a.From)
		if mac := by[a.Interface+" "+from.String()]; err == nil && mac != nil {
			list.List[i].MAC = mac.String()
		}
	}
	return list
}
