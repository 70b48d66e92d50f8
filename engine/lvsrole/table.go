package lvsrole

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// table is the kernel's table of services, and what is known of it.
type table struct {
	open    func() (IPVS, error)
	conn    IPVS     // nil: not open
	have    services // ours, as last read or written
	known   bool     // have was read through conn
	foreign []string // what others have there, as last read

	timeouts plan.Timeouts // as lvs_timeouts left them; zero: it does not ask for any
}

// connect opens the connection, unless it is open.
func (t *table) connect() (err error) {
	if t.conn == nil {
		t.conn, err = t.open()
	}
	return err
}

// close closes the connection and forgets what was read through it.
func (t *table) close() {
	if t.conn != nil {
		t.conn.Close()
	}
	t.conn, t.known, t.have, t.timeouts = nil, false, nil, plan.Timeouts{}
}

// comparison is what the kernel has of the services that are in question, what it
// shall have of them, and how it gets there.
type comparison struct {
	whole  bool              // all services of ours are in question
	keys   []plan.ServiceKey // else these
	have   services
	want   []plan.Service
	shared map[plan.ServiceKey]bool // somebody else has destinations in these
	ops    plan.Plan
}

// compare compares what the kernel has of owned with want. With trust, what stays
// as it is is taken from the last look, so that a small change of a large table
// costs little; without it the whole table is read. ours is what is ours now.
func (t *table) compare(owned, ours plan.Owned, want []plan.Service, trust bool) (c comparison, err error) {
	c, err = t.find(owned, ours, want, trust)
	if err == nil {
		c.ops = plan.OwnedDiff(c.have.all(), c.want, c.shared)
	}
	return c, err
}

// find is compare without the operations.
func (t *table) find(owned, ours plan.Owned, want []plan.Service, trust bool) (c comparison, err error) {
	c.whole, c.have, c.want = true, services{}, want
	if trust && t.known {
		if keys := t.have.unlike(want); !mostOf(keys, t.have) {
			c.whole, c.keys, c.want = false, keys, only(want, keys)
		}
	}
	if c.whole || len(c.keys) > 0 {
		c.shared, err = t.refresh(owned, ours, c.have, c.keys)
	}
	return c, err
}

// believe takes what was found for what the kernel has.
func (t *table) believe(c comparison) {
	if c.whole {
		t.have, t.known = c.have, true
		return
	}
	for _, key := range c.keys {
		delete(t.have, key)
	}
	maps.Copy(t.have, c.have)
}

// believed is what was known so far of what is in question.
func (t *table) believed(c comparison) services {
	if c.whole {
		return t.have
	}
	return t.have.at(c.keys)
}

// mostOf says whether it is quicker to read the whole table than the services under
// keys: one service by itself costs twice as much.
func mostOf(keys []plan.ServiceKey, have services) bool {
	return len(have) == 0 || 2*len(keys) > len(have)
}

// refresh reads again what have has under keys, and the whole table where there are
// none.
func (t *table) refresh(owned, ours plan.Owned, have services, keys []plan.ServiceKey) (shared map[plan.ServiceKey]bool, err error) {
	var read []plan.Service
	if len(keys) == 0 {
		read, err = t.conn.Read()
		t.foreign = ours.Foreign(read)
		clear(have)
	} else {
		read, err = t.conn.ReadSome(keys)
		for _, key := range keys {
			delete(have, key)
		}
	}
	part, shared := owned.Of(read)
	for _, s := range part {
		have[s.Key] = s
	}
	return shared, err
}

// write carries out p. done are the operations that the kernel carried out, by its
// own answers, and refused those that it refused; any other fault is an error.
//
// An operation that takes the last service out of a family waits until the services that
// follow it stand, and is not done where the kernel refused those: see plan.Successors.
func (t *table) write(ctx context.Context, p plan.Plan) (done plan.Plan, refused []*kernel.OpError, err error) {
	first, last := plan.Successors(p)
	if done, refused, err = t.apply(ctx, first); err != nil || len(last) == 0 {
		return done, refused, err
	}
	if len(refused) > 0 {
		var lacks []plan.Op
		for _, r := range refused {
			lacks = append(lacks, r.Op)
		}
		last = plan.WithSuccessors(last, first, lacks, slices.Collect(maps.Keys(t.have)))
	}
	did, more, err := t.apply(ctx, last)
	return append(done, did...), append(refused, more...), err
}

// apply is write, at once.
func (t *table) apply(ctx context.Context, p plan.Plan) (done plan.Plan, refused []*kernel.OpError, err error) {
	if len(p) == 0 {
		return nil, nil, nil
	}
	done, err = t.conn.Apply(ctx, p)
	for _, e := range kernel.Errors(err) {
		var r *kernel.OpError
		if !errors.As(e, &r) || errors.Is(e, fs.ErrPermission) {
			return done, nil, e
		}
		refused = append(refused, r)
	}
	return done, refused, nil
}
