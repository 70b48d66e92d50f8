package kernel

import (
	"context"
	"errors"

	"holdfast/engine/plan"
)

// ErrNoIPVS is what OpenIPVS returns on a kernel without IPVS.
var ErrNoIPVS = errors.New("the kernel has no IPVS")

// IPVS is the door to the kernel's table of virtual services. Its methods may
// be called from any goroutine.
type IPVS struct{}

// OpenIPVS opens the door in the network namespace of the calling thread.
func OpenIPVS() (*IPVS, error) { return nil, ErrNoIPVS }

// Close closes the door.
func (k *IPVS) Close() {}

// Read gives the whole table, sorted.
func (k *IPVS) Read() ([]plan.Service, error) { return nil, ErrNoIPVS }

// Apply carries out the service and destination operations of p.
func (k *IPVS) Apply(ctx context.Context, p plan.Plan) (done int, err error) {
	return 0, ErrNoIPVS
}

// Stats gives the counters of every service.
func (k *IPVS) Stats() (map[plan.ServiceKey]ServiceStats, error) { return nil, ErrNoIPVS }
