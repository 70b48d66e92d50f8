package live

import (
	"context"
	"slices"
	"sync"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
)

// Roles are the two halves of the engine on this node.
type Roles struct{ VRRP, LVS *control.Client }

// Dial gives the roles whose sockets are in runDir. It connects when asked.
func Dial(runDir string) Roles {
	return Roles{
		VRRP: control.Dial(control.Socket(runDir, "vrrp")),
		LVS:  control.Dial(control.Socket(runDir, "lvs")),
	}
}

// Side is the state of one role. Err says why it could not be asked; Status is then
// the last one it gave, if any.
type Side struct {
	Status control.Status
	Err    error
}

// Seen says whether the role answered this time.
func (s Side) Seen() bool { return s.Err == nil }

// OffText is why the role runs another text than it should, or none; nil where it
// runs what it was given. What it does not have is then not what is configured.
func (s Side) OffText() *control.Blocked {
	i := slices.IndexFunc(s.Status.Held, func(h control.Blocked) bool { return slices.Contains(code.Texts, h.Code) })
	if i < 0 {
		return nil
	}
	return &s.Status.Held[i]
}

// Snapshot is both roles at one instant.
type Snapshot struct {
	At        time.Time
	VRRP, LVS Side
}

// Split says whether the roles run different texts and go on doing so. As long as one
// waits for its confirmation, an apply or a way back is under way.
func (s Snapshot) Split() bool {
	return s.VRRP.Seen() && s.LVS.Seen() && s.VRRP.Status.Hash != s.LVS.Status.Hash && s.Pending() == nil
}

// Pending is the applied text that waits for its confirmation, in either role:
// the one that ends first. Nil is none.
func (s Snapshot) Pending() *control.Pending {
	var first *control.Pending
	for _, side := range []Side{s.VRRP, s.LVS} {
		p := side.Status.Pending
		if side.Seen() && p != nil && (first == nil || p.Until.Before(first.Until)) {
			first = p
		}
	}
	return first
}

const (
	fresh   = 300 * time.Millisecond // younger than this, a snapshot is given again
	patient = 2 * time.Second        // a role that takes longer is not there
)

// Watch asks the roles for all readers, one question at a time.
type Watch struct {
	roles Roles
	mu    sync.Mutex // guards last; held while the roles are asked
	last  Snapshot
}

// NewWatch gives a watch over the roles.
func NewWatch(roles Roles) *Watch { return &Watch{roles: roles} }

// Look gives the state of both roles, at most a moment old.
func (w *Watch) Look(ctx context.Context) Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.last.At) < fresh {
		return w.last
	}
	return w.look(ctx)
}

// LookAgain is Look after something was changed: it always asks.
func (w *Watch) LookAgain(ctx context.Context) Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.look(ctx)
}

// Adverts asks the vrrp role which routers it hears.
func (w *Watch) Adverts(ctx context.Context) (control.Adverts, error) {
	return w.roles.VRRP.Adverts(ctx)
}

func (w *Watch) look(ctx context.Context) Snapshot {
	// A reader that leaves must not spoil the picture of the others.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patient)
	defer cancel()
	var vrrp, lvs Side
	var both sync.WaitGroup
	both.Go(func() { vrrp = ask(ctx, w.roles.VRRP, w.last.VRRP) })
	both.Go(func() { lvs = ask(ctx, w.roles.LVS, w.last.LVS) })
	both.Wait()
	w.last = Snapshot{At: time.Now(), VRRP: vrrp, LVS: lvs}
	return w.last
}

func ask(ctx context.Context, role *control.Client, last Side) Side {
	s, err := role.Status(ctx)
	if err != nil {
		return Side{Status: last.Status, Err: err}
	}
	return Side{Status: s}
}
