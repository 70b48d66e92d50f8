package engine

import (
	"context"
	"errors"

	"holdfast/engine/control"
	"holdfast/engine/model"
)

// VRRPOptions are what a vrrp role can be given in place of its production
// parts. The zero value is the real kernel.
type VRRPOptions struct{}

// NewVRRP makes the vrrp role: virtual routers, sync groups, their addresses,
// track scripts and notifications.
func NewVRRP(opt VRRPOptions) Role { return &vrrpRole{opt: opt} }

type vrrpRole struct {
	opt VRRPOptions
}

func (r *vrrpRole) Name() string { return "vrrp" }

func (r *vrrpRole) Run(ctx context.Context, cfg model.Config, host Host) error {
	return errors.ErrUnsupported
}

func (r *vrrpRole) Plan(ctx context.Context, cfg model.Config) (control.Planned, error) {
	return control.Planned{}, errors.ErrUnsupported
}

func (r *vrrpRole) Apply(ctx context.Context, cfg model.Config) (control.Planned, error) {
	return control.Planned{}, errors.ErrUnsupported
}

func (r *vrrpRole) Status(ctx context.Context, s *control.Status) error {
	return errors.ErrUnsupported
}

func (r *vrrpRole) Stop(ctx context.Context, mode StopMode) error {
	return errors.ErrUnsupported
}
