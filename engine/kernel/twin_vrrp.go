package kernel

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/plan"
)

// Wire joins links of twins, as a switch does. A packet for a group reaches every
// socket of the group on the other links, and one for an address every socket of its
// family on the link that has it, unless Lose says otherwise.
type Wire struct {
	mu      sync.Mutex // guards all below; taken before a twin's lock, never after
	sockets []*TwinVRRP
	lose    func(Packet) bool
	seen    []Packet
}

// NewWire makes a wire with nothing on it.
func NewWire() *Wire { return &Wire{} }

// Lose lets the wire drop the packets that lose picks; nil ends that.
func (w *Wire) Lose(lose func(Packet) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lose = lose
}

// Seen lists every packet sent so far, lost ones too; Link is the sender's.
func (w *Wire) Seen() []Packet {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.seen)
}

// Plug joins a link of the twin to w.
func (t *Twin) Plug(link string, w *Wire) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cables[link] = w
}

// carrier tells whether the link can carry a packet now.
func (t *Twin) carrier(link string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.linkAt(link)
	return i >= 0 && t.links[i].Up && t.links[i].Running
}

// TwinVRRP is a VRRP socket of a Twin.
type TwinVRRP struct {
	twin  *Twin
	link  string
	group netip.Addr
	ah    bool
	wire  *Wire

	reading sync.Mutex // held by who reads, until what was read is handed on

	mu     sync.Mutex // guards all below
	queue  []Packet
	closed bool
	more   chan struct{} // one place: "look again"
}

// OpenVRRP opens a VRRP socket on one of the twin's links, and joins group; 0.0.0.0 or
// :: is unicast.
func (t *Twin) OpenVRRP(link string, group netip.Addr) (*TwinVRRP, error) {
	w, err := t.wire(link)
	if err != nil {
		return nil, fmt.Errorf("open vrrp socket on %s: %w", link, err)
	}
	v := &TwinVRRP{twin: t, link: link, group: group.Unmap(), wire: w, more: make(chan struct{}, 1)}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sockets = append(w.sockets, v)
	return v, nil
}

// OpenAH is OpenVRRP for packets with an authentication header.
func (t *Twin) OpenAH(link string, group netip.Addr) (*TwinVRRP, error) {
	v, err := t.OpenVRRP(link, group)
	if err == nil {
		v.wire.mu.Lock()
		v.ah = true
		v.wire.mu.Unlock()
	}
	return v, err
}

// wire is what the link is plugged into; a wire of its own if nothing.
func (t *Twin) wire(link string) (*Wire, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.linkAt(link) < 0 {
		return nil, unix.ENODEV
	}
	link = t.under(link)
	if t.cables[link] == nil {
		t.cables[link] = NewWire()
	}
	return t.cables[link], nil
}

// Send sends payload. The kernel of a twin has a hop limit of 64 of its own.
func (v *TwinVRRP) Send(h Header, payload []byte) error {
	v.mu.Lock()
	closed := v.closed
	v.mu.Unlock()
	switch {
	case closed:
		return fmt.Errorf("send vrrp packet on %s: %w", v.link, os.ErrClosed)
	case !v.twin.carrier(v.link):
		return fmt.Errorf("send vrrp packet on %s: %w", v.link, unix.ENETDOWN)
	}
	p := Packet{Link: v.link, Src: h.Src.Unmap(), Dst: h.Dst.Unmap(), TTL: h.TTL, Payload: slices.Clone(payload), At: time.Now()}
	if p.TTL == DefaultTTL {
		p.TTL = 64
	}
	v.wire.mu.Lock()
	defer v.wire.mu.Unlock()
	if v.ah {
		var ok bool
		if p, ok = sealed(p, h); !ok {
			return fmt.Errorf("send vrrp packet on %s: %w", v.link, unix.EINVAL)
		}
	}
	v.wire.seen = append(v.wire.seen, p)
	if v.wire.lose != nil && v.wire.lose(p) {
		return nil
	}
	for _, s := range v.wire.sockets {
		ownLink := s.twin == v.twin && v.twin.sharesCable(s.link, v.link)
		if !ownLink && s.ah == v.ah && s.hears(p.Dst) && s.twin.carrier(s.link) {
			s.accept(p)
		}
	}
	return nil
}

// sealed is a packet that begins with an authentication header, as it comes in.
func sealed(p Packet, h Header) (Packet, bool) {
	b := make([]byte, ipHeader, ipHeader+len(p.Payload))
	b[0], b[1], b[8], b[9] = 0x45, vrrpTOS, uint8(p.TTL), ahProtocol
	binary.BigEndian.PutUint16(b[2:], uint16(ipHeader+len(p.Payload)))
	binary.BigEndian.PutUint16(b[4:], h.ID)
	src, dst := p.Src.As4(), p.Dst.As4()
	copy(b[12:], src[:])
	copy(b[16:], dst[:])
	in, ok := parseSealed(append(b, p.Payload...))
	in.Link, in.At = p.Link, p.At
	return in, ok
}

// hears says whether what is sent to dst comes to this socket.
func (v *TwinVRRP) hears(dst netip.Addr) bool {
	if dst.IsMulticast() {
		return v.group == dst
	}
	v.twin.mu.Lock()
	defer v.twin.mu.Unlock()
	return v.group.Is6() == dst.Is6() && slices.ContainsFunc(v.twin.state.Addresses, func(a plan.Address) bool {
		return a.Link == v.link && a.Prefix.Addr() == dst
	})
}

func (v *TwinVRRP) accept(p Packet) {
	v.mu.Lock()
	defer v.mu.Unlock()
	p.Link, p.Payload, p.Headers = v.link, slices.Clone(p.Payload), slices.Clone(p.Headers)
	v.queue = append(v.queue, p)
	v.wake()
}

func (v *TwinVRRP) wake() {
	select {
	case v.more <- struct{}{}:
	default:
	}
}

// Receive hands every packet to take until Close.
func (v *TwinVRRP) Receive(take func(Packet)) error {
	for range v.more {
		v.Waiting(take)
		v.mu.Lock()
		closed := v.closed
		v.mu.Unlock()
		if closed {
			v.wake() // for another reader
			return nil
		}
	}
	return nil
}

// Waiting hands take what Receive has not taken yet.
func (v *TwinVRRP) Waiting(take func(Packet)) {
	v.reading.Lock()
	defer v.reading.Unlock()
	v.mu.Lock()
	queue := v.queue
	v.queue = nil
	v.mu.Unlock()
	for _, p := range queue {
		take(p)
	}
}

// Close closes the socket and ends Receive.
func (v *TwinVRRP) Close() {
	v.wire.mu.Lock()
	v.wire.sockets = slices.DeleteFunc(v.wire.sockets, func(s *TwinVRRP) bool { return s == v })
	v.wire.mu.Unlock()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.closed = true
	v.wake()
}
