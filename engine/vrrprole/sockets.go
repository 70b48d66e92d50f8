package vrrprole

import (
	"net/netip"
	"sync/atomic"
	"time"

	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

// socketKey is what a socket is for: all routers of a link and a group
// share one.
type socketKey struct {
	link  string
	group netip.Addr
}

// socket is a socket and the routers that hear it, by VRID.
type socket struct {
	key     socketKey
	index   int // of the link it was opened on
	wire    Wire
	routers map[uint8]*router
	vrids   vridsOf // of routers, for the reader
}

// vridsOf is a set of VRIDs that the loop writes and a reader looks at.
type vridsOf [4]atomic.Uint64

func (v *vridsOf) set(routers map[uint8]*router) {
	var bits [len(v)]uint64
	for id := range routers {
		bits[id/64] |= 1 << (id % 64)
	}
	for i := range v {
		v[i].Store(bits[i])
	}
}

func (v *vridsOf) has(id uint8) bool { return v[id/64].Load()&(1<<(id%64)) != 0 }

// packet is a packet that a reader stamped and forwarded.
type packet struct {
	socket *socket
	packet kernel.Packet
}

// openSockets brings the sockets in line with routers and links: a socket for
// every link that exists, none for the rest. A link that was made anew under the
// same name needs a new socket.
func (l *loop) openSockets() {
	used := map[socketKey]bool{}
	for _, s := range l.sockets {
		clear(s.routers)
	}
	for _, t := range l.teams {
		for _, r := range t.routers {
			key := socketKey{r.key.link, r.key.group}
			link, exists := l.links[key.link]
			r.socket = nil
			if !exists {
				continue
			}
			used[key] = true
			r.fit(link.MTU)
			if s := l.socket(key, link.Index); s != nil {
				s.routers[r.key.vrid] = r
				r.socket = s
			}
		}
	}
	for key, s := range l.sockets {
		if !used[key] {
			s.wire.Close()
			delete(l.sockets, key)
			continue
		}
		s.vrids.set(s.routers)
	}
}

// socket gives the socket for key, opened if need be; nil if that is refused.
func (l *loop) socket(key socketKey, index int) *socket {
	if s := l.sockets[key]; s != nil {
		if s.index == index {
			return s
		}
		s.wire.Close()
		delete(l.sockets, key)
	}
	wire, err := l.opt.OpenWire(key.link, key.group)
	if err != nil {
		if l.closed[key] != err.Error() { // told when it begins and when it changes
			l.closed[key] = err.Error()
			l.log.Warn("no vrrp socket", "interface", key.link, "reason", err)
		}
		return nil
	}
	delete(l.closed, key)
	s := &socket{key: key, index: index, wire: wire, routers: map[uint8]*router{}}
	l.sockets[key] = s
	l.wg.Go(func() {
		// While the inbox is full a packet is lost, as on a wire that is full.
		// Packets for routers of others on the same wire do not even get there.
		err := wire.Receive(func(p kernel.Packet) {
			if vrid, ok := vrrp.VRIDOf(p.Payload); !ok || !s.vrids.has(vrid) {
				return
			}
			select {
			case l.role.inbox <- packet{s, p}:
			default:
			}
		})
		if err != nil {
			l.tell(deafSocket{s, err})
		}
	})
	return s
}

func (l *loop) closeSockets() {
	for key, s := range l.sockets {
		s.wire.Close()
		delete(l.sockets, key)
	}
}

// hearAll hears what is in the inbox and, behind it, what no reader has forwarded
// yet. After a standstill the loop may run before the readers do, and would take a
// master for silent whose adverts lie in the sockets.
func (l *loop) hearAll() {
	var waiting []packet
	for _, s := range l.sockets {
		s.wire.Waiting(func(p kernel.Packet) { waiting = append(waiting, packet{s, p}) })
	}
	l.drain()
	for _, p := range waiting {
		p.reach(l)
	}
}

// deafSocket says that a socket can receive no more.
type deafSocket struct {
	socket *socket
	err    error
}

func (d deafSocket) reach(l *loop) {
	if l.sockets[d.socket.key] != d.socket {
		return
	}
	l.log.Warn("a vrrp socket ended", "interface", d.socket.key.link, "reason", d.err)
	d.socket.wire.Close()
	delete(l.sockets, d.socket.key)
	for _, r := range d.socket.routers {
		r.socket = nil
	}
	l.survey(time.Now()) // it is opened anew with the next try
}

// reach hands a packet to the router it is for, if that is still there.
func (p packet) reach(l *loop) {
	vrid, ok := vrrp.VRIDOf(p.packet.Payload)
	if r := p.socket.routers[vrid]; ok && r != nil && l.begun {
		l.heard(r, p.packet)
	}
}

// heard checks a packet, counts, and lets the instance hear it. What the
// packet's own instant says is what counts, not when we came to read it.
func (l *loop) heard(r *router, p kernel.Packet) {
	if role := r.state.Role; role != vrrp.Backup && role != vrrp.Master {
		return
	}
	r.stats.AdvertsReceived++
	adv, why := r.wire.Receive(p.Payload, p.TTL, p.Dst)
	r.count(why)
	if why != vrrp.Accepted {
		l.complain(r, p.Src, why)
		if why != vrrp.OddAddresses {
			return
		}
	}
	if adv.Priority == vrrp.PriorityResign {
		r.stats.PriZeroReceived++
	}
	if s := r.state; s.Role == vrrp.Master && p.Src == s.Conditions.Source && adv.Priority == s.Priority {
		l.complain(r, p.Src, vrrp.OwnAddress)
	}
	holder := r.state.Holder
	l.step(r.team, r.member, vrrp.Heard{Priority: adv.Priority, From: p.Src}, p.At)
	if r.state.Holder != holder {
		clear(r.refused)
	}
}

// count adds a refusal to the counter keepalived has for it.
func (r *router) count(why vrrp.Refusal) {
	counters := map[vrrp.Refusal]*uint64{
		vrrp.BadLength: &r.stats.LengthErrors, vrrp.BadTTL: &r.stats.TTLErrors,
		vrrp.AuthInvalid: &r.stats.AuthInvalid, vrrp.AuthMismatch: &r.stats.AuthMismatch,
		vrrp.AuthFailed: &r.stats.AuthFailures, vrrp.BadInterval: &r.stats.IntervalErrors,
		vrrp.BadType: &r.stats.TypeErrors, vrrp.OddAddresses: &r.stats.AddressErrors,
	}
	if c := counters[why]; c != nil {
		*c++
	}
}
