package kernel

import (
	"context"
	"errors"
	"net/netip"

	"holdfast/engine/plan"
)

// Net is the door to links and addresses. Its methods may be called from any
// goroutine.
type Net struct{}

// OpenNet opens the door in the network namespace of the calling thread.
func OpenNet() (*Net, error) { return nil, errors.ErrUnsupported }

// Close closes the door.
func (n *Net) Close() {}

// Links lists the links with their addresses.
func (n *Net) Links() ([]Link, error) { return nil, errors.ErrUnsupported }

// Addresses lists every address of every link, ours or not.
func (n *Net) Addresses() ([]plan.Address, error) { return nil, errors.ErrUnsupported }

// OurAddresses lists the addresses that bear our mark.
func (n *Net) OurAddresses() ([]plan.Address, error) { return nil, errors.ErrUnsupported }

// Apply carries out the address operations of p.
func (n *Net) Apply(ctx context.Context, p plan.Plan) (done int, err error) {
	return 0, errors.ErrUnsupported
}

// Watch tells of every change until ctx ends: LinkEvent and AddrEvent values.
func (n *Net) Watch(ctx context.Context, tell func(any)) error { return errors.ErrUnsupported }

// Announce sends one gratuitous ARP for a.
func (n *Net) Announce(link string, a netip.Addr) error { return errors.ErrUnsupported }
