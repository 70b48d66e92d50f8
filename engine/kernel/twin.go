package kernel

import (
	"context"
	"errors"
	"net/netip"

	"holdfast/engine/plan"
)

// Twin is a kernel in memory behind the same doors as Net and IPVS.
type Twin struct{}

// NewTwin makes an empty kernel: no links, no addresses, no services.
func NewTwin() *Twin { return &Twin{} }

// Close does nothing.
func (t *Twin) Close() {}

// Links lists the links with their addresses.
func (t *Twin) Links() ([]Link, error) { return nil, errors.ErrUnsupported }

// Addresses lists every address of every link, ours or not.
func (t *Twin) Addresses() ([]plan.Address, error) { return nil, errors.ErrUnsupported }

// OurAddresses lists the addresses that Apply added.
func (t *Twin) OurAddresses() ([]plan.Address, error) { return nil, errors.ErrUnsupported }

// Apply carries out p.
func (t *Twin) Apply(ctx context.Context, p plan.Plan) (done int, err error) {
	return 0, errors.ErrUnsupported
}

// Watch tells of every change until ctx ends: LinkEvent and AddrEvent values.
func (t *Twin) Watch(ctx context.Context, tell func(any)) error { return errors.ErrUnsupported }

// Announce notes one gratuitous ARP.
func (t *Twin) Announce(link string, a netip.Addr) error { return errors.ErrUnsupported }

// Announced lists the addresses announced so far, in order.
func (t *Twin) Announced() []netip.Addr { return nil }

// SetLink adds a link or changes it, as an administrator or a cable would.
func (t *Twin) SetLink(l Link) {}

// RemoveLink removes a link with its addresses.
func (t *Twin) RemoveLink(name string) {}

// Read gives the whole table of services, sorted.
func (t *Twin) Read() ([]plan.Service, error) { return nil, errors.ErrUnsupported }

// Stats gives the counters of every service.
func (t *Twin) Stats() (map[plan.ServiceKey]ServiceStats, error) { return nil, errors.ErrUnsupported }

// OpenVRRP opens a VRRP socket on one of the twin's links.
func (t *Twin) OpenVRRP(link string, group netip.Addr) (*TwinVRRP, error) {
	return nil, errors.ErrUnsupported
}

// TwinVRRP is a VRRP socket of a Twin.
type TwinVRRP struct{}

// Send sends payload to the group, from src.
func (v *TwinVRRP) Send(src netip.Addr, payload []byte) error { return errors.ErrUnsupported }

// Receive hands every packet to take until Close.
func (v *TwinVRRP) Receive(take func(Packet)) error { return errors.ErrUnsupported }

// Close closes the socket and ends Receive.
func (v *TwinVRRP) Close() {}
