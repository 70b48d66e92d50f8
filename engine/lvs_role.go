package engine

import (
	"context"
	"errors"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// LVSOptions is what the lvs role can be given; zero values are good for production.
type LVSOptions struct {
	// OpenIPVS opens the kernel's table; kernel.ErrNoIPVS means it has none (now).
	OpenIPVS func() (IPVS, error)
	// OpenNet opens the view of the host's addresses, for ha_suspend.
	OpenNet func() (Addresses, error)
	// Probes bounds the probes in flight.
	Probes int
	// Reread is how often the table is read again to find what others changed,
	// and how often IPVS is looked for while there is none.
	Reread time.Duration
}

// IPVS is the part of the kernel that the lvs role writes. kernel.IPVS and
// kernel.Twin are two.
type IPVS interface {
	Read() ([]plan.Service, error)
	Apply(ctx context.Context, p plan.Plan) (done int, err error)
	Stats() (map[plan.ServiceKey]kernel.ServiceStats, error)
	Close()
}

// Addresses is the part of the kernel that tells which addresses this host has.
type Addresses interface {
	Addresses() ([]plan.Address, error)
	Watch(ctx context.Context, tell func(any)) error
	Close()
}

// NewLVS makes the lvs role.
func NewLVS(opt LVSOptions) Role { return &lvsRole{opt: opt} }

type lvsRole struct{ opt LVSOptions }

func (r *lvsRole) Name() string { return "lvs" }

func (r *lvsRole) Run(ctx context.Context, cfg model.Config, host Host) error {
	return errors.ErrUnsupported
}

func (r *lvsRole) Plan(ctx context.Context, cfg model.Config) (control.Planned, error) {
	return control.Planned{}, errors.ErrUnsupported
}

func (r *lvsRole) Apply(ctx context.Context, cfg model.Config) (control.Planned, error) {
	return control.Planned{}, errors.ErrUnsupported
}

func (r *lvsRole) Status(ctx context.Context, s *control.Status) error { return errors.ErrUnsupported }

func (r *lvsRole) Stop(ctx context.Context, mode StopMode) error { return errors.ErrUnsupported }
