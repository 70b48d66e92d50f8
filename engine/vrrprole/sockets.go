package vrrprole

import (
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"

	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

var errNoWire = errors.New("there is no socket")

// socketKey is what a socket is for: all routers of a link and a group share one, and
// all that speak to peers, whose group is 0.0.0.0 or ::.
type socketKey struct {
	link  string
	group netip.Addr
	ah    bool // for packets with an authentication header
}

// socket is the socket that a router speaks through.
func (r *router) socket() socketKey {
	return socketKey{via(r.cfg), r.key.group, r.wire.AuthType == vrrp.AuthAH}
}

// socketUse is the link a socket is wanted on, by its number, and who hears it.
type socketUse struct {
	index int
	vrids map[uint8]bool
}

// sockets are the raw sockets of the role, one per key.
type sockets struct {
	openWire func(socketKey) (Wire, error)
	log      *slog.Logger
	adverts  *adverts     // every packet is noted there, whoever it is for
	hear     func(packet) // never blocks: what nobody has room for is lost
	tell     func(input)
	readers  *sync.WaitGroup
	open     map[socketKey]*socket
	lacking  map[socketKey]bool   // could not be opened or went deaf, and is not tried before retry
	refused  map[socketKey]string // why one could not be opened, as told
	unheard  *unheard
	unknown  atomic.Bool // packets for routers of others are forwarded, the first of each sender
}

// socket is one socket that is open.
type socket struct {
	key   socketKey
	index int // of the link it was opened on
	wire  Wire
	vrids vridsOf // of the routers that hear it
	// beside are those of the socket for peers on its link, which hears what comes to an
	// address of this host, too.
	beside vridsOf

	senders map[sender]bool // belongs to the reader: those whose packets were forwarded
}

// first says whether a sender of packets for nobody here is a new one. Of many the
// later ones are passed over, so that a flood of them fills no inbox.
func (s *socket) first(from netip.Addr, vrid uint8) bool {
	one := sender{s.key.link, vrid, from}
	if s.senders[one] || len(s.senders) >= maxUnknown {
		return false
	}
	if s.senders == nil {
		s.senders = map[sender]bool{}
	}
	s.senders[one] = true
	return true
}

// vridsOf is a set of VRIDs that the owner writes and a reader looks at.
type vridsOf [4]atomic.Uint64

func (v *vridsOf) set(ids map[uint8]bool) {
	var bits [len(v)]uint64
	for id := range ids {
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

// vrid is the number of the router that the packet is for.
func (p packet) vrid() uint8 {
	vrid, _ := vrrp.VRIDOf(p.packet.Payload)
	return vrid
}

// deafSocket says that a socket can receive no more.
type deafSocket struct {
	socket *socket
	err    error
}

// want opens what is missing and closes what nobody needs; what could not be opened
// is in the answer. A link that was made anew under the same name needs a new socket.
func (s *sockets) want(uses map[socketKey]socketUse) (lacking map[socketKey]bool) {
	for key, have := range s.open {
		if use, wanted := uses[key]; !wanted || use.index != have.index {
			have.wire.Close()
			delete(s.open, key)
		}
	}
	for key, use := range uses {
		if s.open[key] == nil && !s.lacking[key] {
			s.lacking[key] = !s.add(key, use.index)
		}
		if have := s.open[key]; have != nil {
			have.vrids.set(use.vrids)
			if key.group.IsMulticast() {
				have.beside.set(uses[key.unicast()].vrids)
			}
		}
	}
	return s.lacking
}

// retry has want try again what could not be opened.
func (s *sockets) retry() { clear(s.lacking) }

// add opens the socket for key; a refusal is told when it begins and when it changes.
func (s *sockets) add(key socketKey, index int) bool {
	wire, err := s.openWire(key)
	if err != nil {
		if s.refused[key] != err.Error() {
			s.refused[key] = err.Error()
			s.log.Warn("no vrrp socket", "interface", key.link, "reason", err)
		}
		return false
	}
	delete(s.refused, key)
	made := &socket{key: key, index: index, wire: wire}
	s.open[key] = made
	s.readers.Go(func() {
		// While the inbox is full a packet is lost, as on a wire that is full.
		// Packets for routers of others on the same wire do not even get there.
		err := wire.Receive(func(p kernel.Packet) {
			if s.noted(made, p) {
				s.hear(packet{made, p})
			}
		})
		if err != nil {
			s.tell(deafSocket{made, err})
		}
	})
	return true
}

// noted puts a packet into the register, and says whether the loop is to hear it. A
// packet for no router here is counted.
func (s *sockets) noted(one *socket, p kernel.Packet) bool {
	vrid, ok := vrrp.VRIDOf(p.Payload)
	if !ok {
		s.unheard.count(dropShort)
		return false
	}
	ours := one.vrids.has(vrid)
	s.adverts.hear(one.key.link, ours, p)
	if !ours && !one.another(p) {
		s.unheard.count(dropForeign)
	}
	return ours || s.unknown.Load() && one.first(p.Src, vrid)
}

// another says whether another socket hears a packet, too.
func (s *socket) another(p kernel.Packet) bool {
	vrid, ok := vrrp.VRIDOf(p.Payload)
	return ok && !p.Dst.IsMulticast() && s.beside.has(vrid)
}

// send writes one advert, at once.
func (s *sockets) send(key socketKey, header kernel.Header, advert []byte) error {
	if have := s.open[key]; have != nil {
		return have.wire.Send(header, advert)
	}
	return errNoWire
}

// has says whether a socket is one of those that are open.
func (s *sockets) has(one *socket) bool { return s.open[one.key] == one }

// drop closes a socket that can receive no more.
func (s *sockets) drop(d deafSocket) {
	s.log.Warn("a vrrp socket ended", "interface", d.socket.key.link, "reason", d.err)
	d.socket.wire.Close()
	delete(s.open, d.socket.key)
	s.lacking[d.socket.key] = true
}

// waiting gives what no reader has forwarded yet.
func (s *sockets) waiting() (list []packet) {
	for _, one := range s.open {
		one.wire.Waiting(func(p kernel.Packet) {
			if s.noted(one, p) {
				list = append(list, packet{one, p})
			}
		})
	}
	return list
}

func (s *sockets) close() {
	for key, one := range s.open {
		one.wire.Close()
		delete(s.open, key)
	}
}
