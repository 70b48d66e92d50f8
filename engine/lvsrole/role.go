package lvsrole

import (
	"context"
	"sync"
	"time"

	"holdfast/engine"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/probe"
	"holdfast/engine/trackfile"
)

// Options is what the lvs role can be given; zero values are good for production.
type Options struct {
	// OpenIPVS opens the kernel's table; kernel.ErrNoIPVS means it has none now.
	OpenIPVS func() (IPVS, error)
	// OpenNet opens the view of the host's addresses, for ha_suspend.
	OpenNet func() (Addresses, error)
	// TemplatesExpire says whether clients that persistence binds to a server leave it
	// once its weight is 0, and ExpireTemplates sets that: settings of the kernel.
	TemplatesExpire func() (bool, error)
	ExpireTemplates func(bool) error
	// Probe runs one check. A test in virtual time has to do without sockets.
	Probe func(ctx context.Context, c model.Check) probe.Result
	// FollowSessions tells of the BFD sessions of the vrrp role until ctx ends.
	FollowSessions func(ctx context.Context, runDir string, tell func(sessionSeen))
	// WatchDir tells of changes in the directory of a file that a check follows.
	WatchDir trackfile.Watcher
	// Probes bounds the probes in flight; 4096.
	Probes int
	// Reread is how often the table is read again to find what others changed,
	// and how often IPVS is looked for while there is none; 30 s.
	Reread time.Duration
}

// IPVS is the part of the kernel that the lvs role writes: kernel.IPVS, or its
// twin in memory.
type IPVS interface {
	Read() ([]plan.Service, error)
	ReadSome(keys []plan.ServiceKey) ([]plan.Service, error)
	Apply(ctx context.Context, p plan.Plan) (done plan.Plan, err error)
	Timeouts() (plan.Timeouts, error)
	Stats() (map[plan.ServiceKey]kernel.ServiceStats, error)
	StatsOf(keys []plan.ServiceKey, own bool) (map[plan.ServiceKey]kernel.ServiceStats, error)
	Close()
}

// Addresses is the part of the kernel that tells which addresses this host has:
// kernel.Net, or its twin.
type Addresses interface {
	Addresses() ([]plan.Address, error)
	Watch(ctx context.Context, tell func(any)) error
	Close()
}

// New makes the lvs role: it runs the checks and keeps the kernel's table of
// virtual services as they call for.
func New(opt Options) engine.Role {
	if opt.OpenNet == nil {
		opt.OpenNet = func() (Addresses, error) { return opened[Addresses](kernel.OpenNet()) }
	}
	if opt.TemplatesExpire == nil {
		opt.TemplatesExpire, opt.ExpireTemplates = kernel.TemplatesExpire, kernel.ExpireTemplates
	}
	if opt.FollowSessions == nil {
		opt.FollowSessions = followSessions
	}
	if opt.WatchDir == nil {
		opt.WatchDir = trackfile.Watch
	}
	if opt.Probes == 0 {
		opt.Probes = 4096
	}
	if opt.Reread == 0 {
		opt.Reread = 30 * time.Second
	}
	return &role{opt: opt, inbox: make(chan func(*loop)), ended: make(chan struct{})}
}

// opened is a connection as the interface that its user knows. One that did not
// open is the interface's own nil, not a nil pointer inside one.
func opened[Known, Conn any](conn Conn, err error) (Known, error) {
	if err != nil {
		var none Known
		return none, err
	}
	return any(conn).(Known), nil
}

// role is the outside of the role: it hands each question to the loop and
// waits for the answer.
type role struct {
	opt   Options
	inbox chan func(*loop) // read by the loop; never closed
	ended chan struct{}    // closed by Run when it returns

	verifying sync.Mutex // held while real servers are asked whether they are ready
}

// Name is "lvs".
func (r *role) Name() string { return "lvs" }

// Run owns the role until Stop or the end of ctx.
func (r *role) Run(ctx context.Context, cfg model.Config, host engine.Services) error {
	defer close(r.ended)
	opt := r.opt
	if opt.OpenIPVS == nil {
		opt.OpenIPVS = func() (IPVS, error) { return opened[IPVS](kernel.OpenIPVS(host.Modprobe)) }
	}
	l := newLoop(opt, r.inbox, host)
	if err := host.TakeOver(ctx); err != nil {
		return err
	}
	return l.run(ctx, cfg)
}

// Read keeps the whole text, and shares what did not change with the one before.
func (r *role) Read(name, text string, before model.Accepted, facts model.Facts) (cfg model.Config, _ []model.Command, findings []model.Finding) {
	cfg, findings = model.ParseNext(name, text, before, facts)
	return cfg, nil, findings
}

// Fit leaves cfg as it is: what only the other role needs is small.
func (r *role) Fit(cfg model.Config) (model.Config, error) { return cfg, nil }

// Plan tells which operations cfg would need now, with the checks as they stand.
func (r *role) Plan(ctx context.Context, cfg model.Config) (control.Planned, error) {
	return query(ctx, r, func(l *loop, reply func(control.Planned, error)) { l.plan(cfg, reply) })
}

// Apply makes cfg the running configuration and returns when the kernel was
// written and, but for many operations, read back. What the kernel refused is in Held.
func (r *role) Apply(ctx context.Context, cfg model.Config) (control.Planned, error) {
	return query(ctx, r, func(l *loop, reply func(control.Planned, error)) { l.apply(cfg, reply) })
}

// Alive returns when the loop has come round to it. Nobody waits for adverts of this role.
func (r *role) Alive(ctx context.Context) (due time.Time, err error) {
	return query(ctx, r, func(_ *loop, reply func(time.Time, error)) { reply(time.Time{}, nil) })
}

// Status fills in the virtual servers.
func (r *role) Status(ctx context.Context, s *control.Status) error {
	part, err := query(ctx, r, (*loop).status)
	if err != nil {
		return err
	}
	s.Virtuals, s.Strangers = part.Virtuals, part.Strangers
	s.Held = append(s.Held, part.Held...)
	return nil
}

// Stop ends Run. Release takes our services out of the kernel; Handoff leaves
// them to the next process.
func (r *role) Stop(ctx context.Context, mode control.StopMode) error {
	_, err := query(ctx, r, func(l *loop, reply func(struct{}, error)) {
		l.stop(mode, func(err error) { reply(struct{}{}, err) })
	})
	if err != nil {
		return err
	}
	return engine.AwaitEnd(ctx, r.ended)
}

// query runs question in the loop and waits until it replies, which may be later.
func query[T any](ctx context.Context, r *role, question func(*loop, func(T, error))) (T, error) {
	return engine.Ask(ctx, r.inbox, r.ended, func(reply func(T, error)) func(*loop) {
		return func(l *loop) { question(l, reply) }
	})
}
