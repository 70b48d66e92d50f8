package changes

import (
	"context"
	"errors"
	"slices"
	"time"

	"holdfast/engine/control"
	"holdfast/web/fault"
)

// How long a role may take to answer. An apply reads the kernel back, and going
// back is an apply; a plan only compares; everything else is answered from memory.
const (
	applyWithin = 90 * time.Second
	planWithin  = 20 * time.Second
	askWithin   = 2 * time.Second
)

// Longest is how long a change may take that both roles are given and, since the
// second refuses it, the first is taken back from.
const Longest = 2*planWithin + 4*applyWithin

// role is one half of the engine under its name. Each question has a deadline,
// because other changes wait while it is open.
type role struct {
	name   string
	engine *control.Client
}

func (r role) status(ctx context.Context) (control.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	s, err := r.engine.Status(ctx)
	return s, r.named(err)
}

func (r role) config(ctx context.Context) (text, hash string, err error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	return r.engine.Config(ctx)
}

func (r role) plan(ctx context.Context, text string) (control.Planned, error) {
	ctx, cancel := context.WithTimeout(ctx, planWithin)
	defer cancel()
	p, err := r.engine.Plan(ctx, text)
	return p, r.named(err)
}

func (r role) apply(ctx context.Context, req control.ApplyRequest) (operations int, err error) {
	ctx, cancel := context.WithTimeout(ctx, applyWithin)
	defer cancel()
	p, err := r.engine.Apply(ctx, req)
	return len(p.Operations), r.named(err)
}

func (r role) revert(ctx context.Context, hash string) error {
	ctx, cancel := context.WithTimeout(ctx, applyWithin)
	defer cancel()
	_, err := r.engine.Revert(ctx, hash)
	return r.named(err)
}

// undo is revert where there may be nothing to take back.
func (r role) undo(ctx context.Context, hash string) error {
	if err := r.revert(ctx, hash); !unknown(err) {
		return err
	}
	return nil
}

func (r role) confirm(ctx context.Context, hash string) error {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	return r.named(r.engine.Confirm(ctx, hash))
}

// named adds the role's name to the error of a role that could not be reached. The
// answer of a role stays as it is.
func (r role) named(err error) error {
	var said *control.Problem
	if err == nil || errors.As(err, &said) {
		return err
	}
	return &fault.Error{Code: fault.RoleAway, Args: map[string]string{"Role": r.name}, Err: err}
}

// unknown says that a role answered: no such text waits here.
func unknown(err error) bool {
	var said *control.Problem
	return errors.As(err, &said) && said.Code == control.NotFound
}

// seen is where each role that answered stands, by name.
type seen map[string]control.Status

// look asks every role where it stands. The error names one that is away.
func (w *Workflow) look(ctx context.Context) (seen, error) {
	all := seen{}
	var away error
	for _, role := range w.roles {
		s, err := role.status(ctx)
		if err != nil {
			away = err
			continue
		}
		all[role.name] = s
	}
	return all, away
}

// waits says whether a role waits for the confirmation of some text.
func (s seen) waits() bool {
	for _, status := range s {
		if status.Pending != nil {
			return true
		}
	}
	return false
}

// waiting gives the roles that wait for the confirmation of this text.
func (w *Workflow) waiting(s seen, hash string) []role {
	return slices.DeleteFunc(slices.Clone(w.roles), func(r role) bool {
		p := s[r.name].Pending
		return p == nil || p.Hash != hash
	})
}
