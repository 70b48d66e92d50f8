package engine

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/script"
)

// VRRPOptions are what a vrrp role can be given in place of its production
// parts. The zero value is the real kernel.
type VRRPOptions struct {
	// OpenNet opens links and addresses.
	OpenNet func() (VRRPNet, error)
	// OpenWire opens the socket for a link and a multicast group.
	OpenWire func(link string, group netip.Addr) (VRRPWire, error)
	// Abilities gives the codes of what this process may not do.
	Abilities func() []string
	// Wake is how the loop waits; nil is a timer of the kernel. Tests in
	// virtual time give NewVRRPTimer.
	Wake func() (VRRPAlarm, error)
	// Retry is how often something held back is tried again; 5 s.
	Retry time.Duration
}

// VRRPNet is the part of the kernel that the vrrp role writes and watches:
// kernel.Net, or its twin in memory.
type VRRPNet interface {
	Links() ([]kernel.Link, error)
	Addresses() ([]plan.Address, error)
	// OurAddresses are those that bear our mark; errors.ErrUnsupported: this
	// kernel keeps none.
	OurAddresses() ([]plan.Address, error)
	Apply(ctx context.Context, p plan.Plan) (done int, err error)
	Watch(ctx context.Context, tell func(any)) error
	Announce(link string, a netip.Addr) error
	Close()
}

// VRRPWire is one socket for adverts: kernel.VRRP, or its twin.
type VRRPWire interface {
	Send(src netip.Addr, payload []byte) error
	Receive(take func(kernel.Packet)) error
	// Waiting hands on, at once, what came and Receive has not read yet; what
	// Receive has read it has handed on before.
	Waiting(take func(kernel.Packet))
	Close()
}

var errVRRPEnded = errors.New("the vrrp role has ended")

// NewVRRP makes the vrrp role: virtual routers, sync groups, their addresses,
// track scripts and notifications.
func NewVRRP(opt VRRPOptions) Role {
	if opt.OpenNet == nil {
		opt.OpenNet = func() (VRRPNet, error) { return kernel.OpenNet() }
	}
	if opt.OpenWire == nil {
		opt.OpenWire = func(link string, group netip.Addr) (VRRPWire, error) { return kernel.OpenVRRP(link, group) }
	}
	if opt.Abilities == nil {
		opt.Abilities = kernel.Abilities
	}
	if opt.Wake == nil {
		opt.Wake = newVRRPKernelTimer
	}
	if opt.Retry == 0 {
		opt.Retry = 5 * time.Second
	}
	// A burst of packets must not wait for the loop: 1024 is some 250 routers
	// answering at once, four times over.
	return &vrrpRole{opt: opt, inbox: make(chan vrrpInput, 1024), ended: make(chan struct{})}
}

// vrrpRole is the outside of the role: it hands each question to the loop and
// waits for the answer.
type vrrpRole struct {
	opt   VRRPOptions
	inbox chan vrrpInput // read by the loop; never closed
	ended chan struct{}  // closed by Run when it returns
}

// Name is "vrrp".
func (r *vrrpRole) Name() string { return "vrrp" }

// Run owns the role until Stop or the end of ctx.
func (r *vrrpRole) Run(ctx context.Context, cfg model.Config, host Host) error {
	defer close(r.ended)
	l, err := newVRRPLoop(r, host)
	if err != nil {
		return err
	}
	return l.run(ctx, cfg)
}

// Plan tells which operations cfg would need now, by the states the instances
// are in.
func (r *vrrpRole) Plan(ctx context.Context, cfg model.Config) (control.Planned, error) {
	_, planned, err := r.prepare(ctx, cfg)
	return planned, err
}

// prepare does beside the loop, which has adverts to send, what of a plan or an
// apply takes time.
func (r *vrrpRole) prepare(ctx context.Context, cfg model.Config) (next []*vrrpTeam, planned control.Planned, err error) {
	now, err := vrrpQuery(ctx, r, func(l *vrrpLoop, reply func(vrrpView, error)) { reply(l.view(), nil) })
	if err != nil {
		return nil, control.Planned{}, err
	}
	aside(func() {
		next = newVRRPTeams(cfg)
		planned = now.plan(cfg, next)
	})
	return next, planned, nil
}

// Apply makes cfg the running configuration and returns when the kernel was
// written and read back.
func (r *vrrpRole) Apply(ctx context.Context, cfg model.Config) (control.Planned, error) {
	next, planned, err := r.prepare(ctx, cfg)
	if err != nil {
		return planned, err
	}
	return vrrpQuery(ctx, r, func(l *vrrpLoop, reply func(control.Planned, error)) { l.apply(cfg, next, planned, reply) })
}

// Status fills in the instances, the groups and the scripts.
func (r *vrrpRole) Status(ctx context.Context, s *control.Status) error {
	part, err := vrrpQuery(ctx, r, func(l *vrrpLoop, reply func(control.Status, error)) { reply(l.status(), nil) })
	if err != nil {
		return err
	}
	s.Instances, s.Groups, s.Scripts = part.Instances, part.Groups, part.Scripts
	s.Held = append(s.Held, part.Held...)
	return nil
}

// Stop ends Run. Release resigns and takes our addresses off; Handoff leaves
// them to the next process.
func (r *vrrpRole) Stop(ctx context.Context, mode StopMode) error {
	if mode == Handoff {
		// The successor starts when we have ended, so adverts go on while the
		// scripts of the last transitions finish.
		notify, err := vrrpQuery(ctx, r, func(l *vrrpLoop, reply func(*script.Queue, error)) { reply(l.notify, nil) })
		if err != nil {
			return err
		}
		notify.Wait(vrrpGrace)
	}
	_, err := vrrpQuery(ctx, r, func(l *vrrpLoop, reply func(struct{}, error)) {
		l.stop(mode)
		reply(struct{}{}, nil)
	})
	if err != nil {
		return err
	}
	return awaitEnd(ctx, r.ended)
}

// vrrpQuery runs question in the loop and waits until it replies, which may be later.
func vrrpQuery[T any](ctx context.Context, r *vrrpRole, question func(*vrrpLoop, func(T, error))) (T, error) {
	return askLoop(ctx, r.inbox, r.ended, errVRRPEnded, func(reply func(T, error)) vrrpInput {
		return vrrpQuestion(func(l *vrrpLoop) { question(l, reply) })
	})
}
