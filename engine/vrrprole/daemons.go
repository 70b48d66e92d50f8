package vrrprole

import (
	"context"
	"slices"
	"sync"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/vrrp"
)

// Syncs is the part of the kernel that copies the connections of IPVS from one
// director to the other: kernel.IPVS, or its twin in memory.
type Syncs interface {
	Daemons() ([]plan.SyncDaemon, error)
	Apply(ctx context.Context, p plan.Plan) (done plan.Plan, err error)
	Close()
}

// wantedDaemons is which daemons lvs_sync_daemon asks for while its instance has that
// role, as keepalived's VRRP process has them: a master sends, everybody else
// receives, one in FAULT too.
func wantedDaemons(cfg model.Config, role func(instance string) vrrp.Role) []plan.SyncDaemon {
	if !cfg.Global.Sync.Written {
		return nil
	}
	s := cfg.Global.Sync.Val
	d := plan.SyncDaemon{Link: s.Interface, ID: s.ID.Val, MaxLen: s.MaxLen.Val, Group: s.Group.Val, Port: s.Port.Val, TTL: s.TTL.Val}
	master, backup := d, d
	master.State, backup.State = plan.SyncMaster, plan.SyncBackup
	switch {
	case s.Instance == "":
		return []plan.SyncDaemon{master.Normal(), backup.Normal()}
	case role(s.Instance) == vrrp.Master:
		return []plan.SyncDaemon{master.Normal()}
	}
	return []plan.SyncDaemon{backup.Normal()}
}

// MasterDaemons is which daemons a node has that is master of everything.
func MasterDaemons(cfg model.Config) []plan.SyncDaemon {
	return wantedDaemons(cfg, func(string) vrrp.Role { return vrrp.Master })
}

// daemons starts and stops the kernel's daemons as they are wanted. What somebody else
// started stays as it is. It works beside the writer, in one goroutine: no address
// waits until the kernel has loaded IPVS.
type daemons struct {
	open  func() (Syncs, error)
	claim func([]plan.SyncDaemon) <-chan struct{} // names in the manifest what may be in the kernel by our doing
	tell  func(input)
	every time.Duration // how often they are looked after
	wake  chan struct{} // one place: "there is something to do"; never closed

	mu       sync.Mutex // guards what follows
	want     []plan.SyncDaemon
	followed bool              // want was said
	ours     []plan.SyncDaemon // in the kernel by our doing
	did      plan.Plan         // what was carried out since the last fresh; nil: nobody asks
	todo     []func()          // when want is reached

	conn Syncs      // of run; nil: not open
	told daemonNews // of run: what the loop knows
}

// daemonNews says how the daemons are otherwise than they should be.
type daemonNews struct {
	operation, reason string // what the kernel does not do; "" for nothing
	lost              string // what somebody else did, as a line
}

// run does what is wanted until ctx ends.
func (d *daemons) run(ctx context.Context) {
	defer d.disconnect()
	look := time.NewTimer(0)
	defer look.Stop()
	<-look.C
	for {
		select {
		case <-d.wake:
		case <-look.C:
		case <-ctx.Done():
			return
		}
		if some := d.round(ctx); some {
			look.Reset(d.every)
		}
	}
}

// follow makes list what is wanted. The loop never waits for it.
func (d *daemons) follow(list []plan.SyncDaemon) {
	d.mu.Lock()
	same := d.followed && slices.Equal(d.want, list)
	d.want, d.followed = list, true
	d.mu.Unlock()
	if !same {
		d.stir()
	}
}

// inherit counts as ours what an earlier run named; follow comes next.
func (d *daemons) inherit(list []plan.SyncDaemon) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ours = list
}

// fresh begins to note what is carried out.
func (d *daemons) fresh() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.did = plan.Plan{}
}

// report hands over what was carried out since fresh, when what is wanted now is reached
// or refused, and what is refused.
func (d *daemons) report(use func(did plan.Plan, refused []control.Blocked)) {
	d.then(func() {
		d.mu.Lock()
		did := d.did
		d.did = nil
		d.mu.Unlock()
		use(did, d.told.blocked())
	})
}

// have hands over which of ours the kernel has.
func (d *daemons) have(use func([]plan.SyncDaemon)) {
	d.then(func() {
		d.mu.Lock()
		ours := slices.Clone(d.ours)
		d.mu.Unlock()
		use(ours)
	})
}

// done gives a channel that is closed when what is wanted now is reached or refused.
func (d *daemons) done() <-chan struct{} {
	c := make(chan struct{})
	d.then(func() { close(c) })
	return c
}

// then has f called behind the next round.
func (d *daemons) then(f func()) {
	d.mu.Lock()
	d.todo = append(d.todo, f)
	d.mu.Unlock()
	d.stir()
}

func (d *daemons) stir() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// round brings the kernel to what is wanted, and says whether there is anything to
// look after.
func (d *daemons) round(ctx context.Context) (some bool) {
	d.mu.Lock()
	want, ours, todo := d.want, d.ours, d.todo
	d.todo = nil
	d.mu.Unlock()
	if some = len(want)+len(ours) > 0; some {
		news, err := d.settle(ctx, want, ours)
		if err != nil {
			news = daemonNews{operation: plan.Diff(plan.State{}, plan.State{Daemons: want}).Lines()[0], reason: err.Error()}
			d.disconnect()
		}
		if news != d.told && ctx.Err() == nil {
			d.tell(news)
		}
		d.told = daemonNews{operation: news.operation, reason: news.reason}
	} else {
		d.disconnect()
	}
	for _, f := range todo {
		f()
	}
	return some
}

// settle starts and stops what is to be. An error is of the connection.
func (d *daemons) settle(ctx context.Context, want, ours []plan.SyncDaemon) (news daemonNews, err error) {
	if d.conn == nil {
		conn, err := d.open()
		if err != nil {
			return news, err
		}
		d.conn = conn
	}
	there, err := d.conn.Daemons()
	if err != nil {
		return news, err
	}
	have := plan.State{Daemons: among(there, ours)}.Normal()
	for _, o := range ours {
		if !hasState(have.Daemons, o.State) {
			news.lost = plan.Op{Verb: plan.StopDaemon, Daemon: o}.String()
		}
	}
	p := plan.Diff(have, plan.State{Daemons: want})
	if len(p) > 0 {
		d.await(ctx, d.claim(slices.Concat(want, have.Daemons)))
	}
	done, err := d.conn.Apply(ctx, p)
	for _, o := range done {
		have, _ = have.With(o)
	}
	for _, e := range kernel.Errors(err) {
		op, refused := e.(*kernel.OpError)
		if !refused {
			return news, e
		}
		news.operation, news.reason = op.Op.String(), op.Err.Error()
	}
	d.mu.Lock()
	d.ours = have.Daemons
	if d.did != nil {
		d.did = append(d.did, done...)
	}
	d.mu.Unlock()
	if len(p) > 0 || news.lost != "" {
		d.await(ctx, d.claim(have.Daemons))
	}
	return news, nil
}

// among gives those of list that are ours and as we started them.
func among(list, ours []plan.SyncDaemon) []plan.SyncDaemon {
	return slices.DeleteFunc(slices.Clone(list), func(d plan.SyncDaemon) bool {
		return !slices.ContainsFunc(ours, d.Is)
	})
}

func hasState(list []plan.SyncDaemon, state plan.SyncState) bool {
	return slices.ContainsFunc(list, func(d plan.SyncDaemon) bool { return d.State == state })
}

// await waits for the manifest.
func (d *daemons) await(ctx context.Context, named <-chan struct{}) {
	select {
	case <-named:
	case <-ctx.Done():
	}
}

func (d *daemons) disconnect() {
	if d.conn != nil {
		d.conn.Close()
	}
	d.conn = nil
}
