package vrrprole

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"time"

	"holdfast/engine"
	"holdfast/engine/claim"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/realtime"
	"holdfast/engine/script"
	"holdfast/engine/trackfile"
)

// Options are what a vrrp role can be given in place of its production
// parts. The zero value is the real kernel.
type Options struct {
	// OpenNet opens links and addresses.
	OpenNet func() (Net, error)
	// OpenWire opens the socket for a link and a multicast group; 0.0.0.0 or :: stands
	// for unicast.
	OpenWire func(link string, group netip.Addr) (Wire, error)
	// OpenAH is OpenWire for packets with an authentication header, over IPv4.
	OpenAH func(link string, group netip.Addr) (Wire, error)
	// CountProcesses tells how many processes fit each match, and WatchDir which files of
	// a directory change, until ctx ends.
	CountProcesses func(ctx context.Context, wanted []processMatch, counted func([]int))
	WatchDir       func(ctx context.Context, dir string, changed func(name string)) error
	// Linkbeat asks the card of an interface whether it has a link; see kernel.Linkbeat.
	Linkbeat func(link, by string) (up bool, used string, err error)
	// OpenSyncs opens what copies connections; kernel.ErrNoIPVS: nothing does now.
	OpenSyncs func() (Syncs, error)
	// ListenBFD opens the socket that hears the BFD packets of a port and a family,
	// SendBFD the one that a session is sent from; an invalid source is the kernel's choice.
	ListenBFD func(port int, six bool) (BFDListener, error)
	SendBFD   func(source, neighbor netip.Addr, port, ttl int) (BFDSender, error)
	// Neighbors lists the hosts whose hardware addresses the kernel knows; nil: none.
	Neighbors func() ([]kernel.Neighbor, error)
	// Lacks gives the codes of what this process may not do.
	Lacks func() []string
	// KeepalivedTables lists the nftables tables of a keepalived, whose configuration
	// gives them these names.
	KeepalivedTables func(names []string) []string
	// Wake is how the loop waits; nil is a timer of the kernel. Tests in
	// virtual time give NewTimer.
	Wake func() (Timer, error)
	// Retry is how often something held back is tried again; 5 s.
	Retry time.Duration
	// Claim makes this process the only one on the host for a name; nil: nothing is
	// claimed where OpenNet is given, since names count in the real network.
	Claim func(name, dir string) (io.Closer, error)
}

// Net is the part of the kernel that the vrrp role writes and watches:
// kernel.Net, or its twin in memory.
type Net interface {
	Links() ([]kernel.Link, error)
	Addresses() ([]plan.Address, error)
	// OurAddresses are those that bear our mark; errors.ErrUnsupported: this
	// kernel keeps none.
	OurAddresses() ([]plan.Address, error)
	// Routes and Rules give those of the routes and rules that are there.
	Routes(of []plan.Route) ([]plan.Route, error)
	Rules(of []plan.Rule) ([]plan.Rule, error)
	// Drops gives all that our table drops, and the tables that are named.
	Drops(named []plan.Drop) ([]plan.Drop, error)
	// PrepareDrops makes the table of drops before the first of them is added.
	PrepareDrops(t kernel.DropTable) error
	Apply(ctx context.Context, p plan.Plan) (done plan.Plan, err error)
	WatchRoutes(ctx context.Context, tell func(kernel.RoutesGone)) error
	Watch(ctx context.Context, tell func(any)) error
	Announce(link string, a netip.Addr) error
	// Setting reads a setting of IPv4 of a link.
	Setting(link, name string) (int, error)
	Close()
}

// Wire is one socket for adverts: kernel.VRRP, or its twin.
type Wire interface {
	Send(h kernel.Header, payload []byte) error
	Receive(take func(kernel.Packet)) error
	// Waiting hands on, at once, what came and Receive has not read yet; what
	// Receive has read it has handed on before.
	Waiting(take func(kernel.Packet))
	Close()
}

// BFDListener hears the packets of BFD sessions: kernel.BFD, or its twin.
type BFDListener interface {
	Receive(take func(kernel.Packet)) error
	// Waiting hands on, at once, what came and Receive has not read yet; what
	// Receive has read it has handed on before.
	Waiting(take func(kernel.Packet))
	Close()
}

// BFDSender sends the packets of one session: kernel.BFDSender, or its twin.
type BFDSender interface {
	Send(packet []byte) error
	Close()
}

// New makes the vrrp role: virtual routers, sync groups, their addresses,
// track scripts and notifications.
func New(opt Options) engine.Role {
	if opt.OpenNet == nil {
		opt.Claim = func(name, dir string) (io.Closer, error) { return claim.Take(name, dir) }
		opt.OpenNet = func() (Net, error) { return kernel.OpenNet() }
		opt.Neighbors = kernel.Neighbors
	}
	if opt.OpenWire == nil {
		opt.OpenWire = func(link string, group netip.Addr) (Wire, error) { return kernel.OpenVRRP(link, group) }
	}
	if opt.OpenAH == nil {
		opt.OpenAH = func(link string, group netip.Addr) (Wire, error) { return kernel.OpenAH(link, group) }
	}
	if opt.CountProcesses == nil {
		opt.CountProcesses = countProcesses
	}
	if opt.WatchDir == nil {
		opt.WatchDir = trackfile.Watch
	}
	if opt.Linkbeat == nil {
		opt.Linkbeat = kernel.Linkbeat
	}
	if opt.ListenBFD == nil {
		opt.ListenBFD = func(port int, six bool) (BFDListener, error) { return kernel.OpenBFD(port, six) }
	}
	if opt.SendBFD == nil {
		opt.SendBFD = func(source, neighbor netip.Addr, port, ttl int) (BFDSender, error) {
			return kernel.OpenBFDSender(source, neighbor, port, ttl)
		}
	}
	if opt.Lacks == nil {
		opt.Lacks = kernel.Lacks
	}
	if opt.KeepalivedTables == nil {
		opt.KeepalivedTables = kernel.KeepalivedTables
	}
	if opt.Wake == nil {
		opt.Wake = newKernelTimer
	}
	if opt.Retry == 0 {
		opt.Retry = 5 * time.Second
	}
	// A burst of packets must not wait for the loop: 1024 is some 250 routers
	// answering at once, four times over.
	return &role{opt: opt, inbox: make(chan input, 1024), ended: make(chan struct{}), claims: claims{take: opt.Claim, held: map[string]io.Closer{}}}
}

// role is the outside of the role: it hands each question to the loop and
// waits for the answer.
type role struct {
	opt   Options
	inbox chan input    // read by the loop; never closed
	ended chan struct{} // closed by Run when it returns

	claims claims
}

// Name is "vrrp".
func (r *role) Name() string { return "vrrp" }

// Run owns the role until Stop or the end of ctx.
func (r *role) Run(ctx context.Context, cfg model.Config, host engine.Services) error {
	defer close(r.ended)
	r.claims.log = host.Log
	defer r.claims.only(model.Config{})
	lock := host.TakeOver
	host.TakeOver = func(ctx context.Context) error {
		if err := lock(ctx); err != nil {
			return err
		}
		return r.claims.await(ctx, cfg, host.RunDir)
	}
	l, err := newLoop(r, host)
	if err != nil {
		return err
	}
	return l.run(ctx, cfg)
}

// Read keeps no virtual server: the memory of this role is never paged out.
func (r *role) Read(name, text string, before model.Accepted, facts model.Facts) (model.Config, []model.Command, []model.Finding) {
	return model.ParseRouters(name, text, before.Text, facts)
}

// Fit leaves out the virtual servers, which only the lvs role needs.
func (r *role) Fit(cfg model.Config) (model.Config, error) {
	cfg.Virtuals = nil
	if n := len(cfg.Instances); n > model.MaxInstances {
		return cfg, &control.Problem{Code: control.Invalid, Message: fmt.Sprintf("%d instances are more than %d", n, model.MaxInstances),
			Args: map[string]string{"code": "too-many-instances", "count": strconv.Itoa(n), "limit": strconv.Itoa(model.MaxInstances)}}
	}
	return cfg, nil
}

// Plan tells which operations cfg would need now, by the states the instances
// are in.
func (r *role) Plan(ctx context.Context, cfg model.Config) (planned control.Planned, err error) {
	now, err := query(ctx, r, func(l *loop, reply func(snapshot, error)) {
		v := l.snapshot()
		l.writer.linksNow(func(m macvlans, k kernelLinks) { v.macvlans, v.links = m, k })
		l.daemons.have(func(running []plan.SyncDaemon) {
			l.writer.foresee(func(h holdings, there plan.State) {
				v.has, v.kernel, v.daemons = h, there, running
				reply(v, nil)
			})
		})
	})
	if err == nil {
		realtime.Aside(func() { planned = now.plan(cfg) })
	}
	return planned, err
}

// Apply makes cfg the running configuration and returns when the kernel was
// written and read back. What takes time and needs no kernel is done beside the
// loop, which has adverts to send.
func (r *role) Apply(ctx context.Context, cfg model.Config) (control.Planned, error) {
	now, err := query(ctx, r, func(l *loop, reply func(linkState, error)) {
		running := l.cfg
		l.writer.linksNow(func(m macvlans, k kernelLinks) { reply(linkState{running, m, k}, nil) })
	})
	if err != nil {
		return control.Planned{}, err
	}
	var next []*team
	var changes []string
	var wish linkWish
	realtime.Aside(func() {
		var placed model.Config
		placed, wish = place(cfg, now.ours, now.there)
		next, changes = newTeams(placed), model.Changes(now.running, cfg, model.VRRP)
	})
	unclaim, err := r.claims.want(cfg)
	if err != nil {
		return control.Planned{}, err
	}
	ready, err := query(ctx, r, func(l *loop, reply func(readyLinks, error)) {
		l.writer.want(wish, func(made madeLinks, links []kernel.Link) { reply(readyLinks{wish, made, links}, nil) })
	})
	if err != nil {
		unclaim()
		return control.Planned{}, err
	}
	p, err := query(ctx, r, func(l *loop, reply func(control.Planned, error)) { l.apply(cfg, next, ready, changes, reply) })
	if err != nil {
		unclaim()
		return p, err
	}
	r.claims.only(cfg)
	return p, nil
}

// Alive returns when the loop has come round to it.
func (r *role) Alive(ctx context.Context) (due time.Time, err error) {
	return query(ctx, r, func(l *loop, reply func(time.Time, error)) { reply(l.missedAt(), nil) })
}

// Status fills in the instances, the groups, the scripts and the BFD sessions.
func (r *role) Status(ctx context.Context, s *control.Status) error {
	part, err := query(ctx, r, func(l *loop, reply func(control.Status, error)) { reply(l.status(), nil) })
	if err != nil {
		return err
	}
	s.Instances, s.Groups, s.Scripts = part.Instances, part.Groups, part.Scripts
	s.Sessions, s.SessionDrops, s.AdvertDrops = part.Sessions, part.SessionDrops, part.AdvertDrops
	s.Held, s.Maintenance = append(s.Held, part.Held...), part.Maintenance
	return nil
}

// Adverts gives all routers that were heard on the links of the instances. Without the
// kernel's table of neighbours their hardware addresses are left out.
func (r *role) Adverts(ctx context.Context) (control.Adverts, error) {
	list, err := query(ctx, r, func(l *loop, reply func(control.Adverts, error)) { reply(l.listen(time.Now()), nil) })
	if err != nil || r.opt.Neighbors == nil {
		return list, err
	}
	realtime.Aside(func() {
		if known, failed := r.opt.Neighbors(); failed == nil {
			list = named(list, known)
		}
	})
	return list, nil
}

// Stop ends Run. Release resigns and takes our addresses off; Handoff leaves
// them to the next process.
func (r *role) Stop(ctx context.Context, mode control.StopMode) error {
	if mode == control.Handoff {
		// The successor starts when we have ended, so adverts go on while the
		// scripts of the last transitions finish.
		queue, err := query(ctx, r, func(l *loop, reply func(*script.Queue, error)) { reply(l.notify.queue, nil) })
		if err != nil {
			return err
		}
		queue.Wait(notifyGrace)
	}
	_, err := query(ctx, r, func(l *loop, reply func(struct{}, error)) {
		l.stop(mode)
		reply(struct{}{}, nil)
	})
	if err != nil {
		return err
	}
	return engine.AwaitEnd(ctx, r.ended)
}

// query runs question in the loop and waits until it replies, which may be later.
func query[T any](ctx context.Context, r *role, question func(*loop, func(T, error))) (T, error) {
	return engine.Ask(ctx, r.inbox, r.ended, func(reply func(T, error)) input {
		return loopQuestion(func(l *loop) { question(l, reply) })
	})
}
