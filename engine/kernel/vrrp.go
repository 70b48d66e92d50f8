package kernel

import (
	"errors"
	"net/netip"
	"time"
)

// Packet is one VRRP packet as it came from the wire, without its IP header.
type Packet struct {
	Link     string
	Src, Dst netip.Addr
	TTL      int
	Payload  []byte    // the receiver's to keep
	At       time.Time // when the kernel received it
}

// VRRP is a raw socket for IP protocol 112 on one link and one multicast group.
type VRRP struct{}

// OpenVRRP opens a socket on link and joins group.
func OpenVRRP(link string, group netip.Addr) (*VRRP, error) { return nil, errors.ErrUnsupported }

// Send sends payload to the group, from src.
func (v *VRRP) Send(src netip.Addr, payload []byte) error { return errors.ErrUnsupported }

// Receive hands every packet to take until Close.
func (v *VRRP) Receive(take func(Packet)) error { return errors.ErrUnsupported }

// Close closes the socket and ends Receive.
func (v *VRRP) Close() {}
