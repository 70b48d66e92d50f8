package kernel

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
)

// batch is how many operations travel in one datagram: some 30 KB, less than the
// kernel takes at once; beyond a few hundred nothing is gained (the cost of a
// system call is spread thin enough).
const batch = 256

// Apply carries out the operations of p on services, destinations, daemons and timeouts in order; others
// are refused with EOPNOTSUPP. It goes on after a refusal: done are the operations
// that the kernel carried out, and err joins an *OpError for each that it refused.
// Something to add that is there already is edited, and done names the edit;
// something to delete that is gone already is neither done nor refused. Each operation is one netlink message, and
// nothing else is sent. With any other error (ENOBUFS, a timeout) what was
// reached is unknown: read the table and make a new plan.
func (k *IPVS) Apply(ctx context.Context, p plan.Plan) (done plan.Plan, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var errs []error
	for all := p; len(p) > 0; {
		if err := ctx.Err(); err != nil {
			return done, errors.Join(append(errs, err)...)
		}
		part := p[:min(batch, len(p))]
		did, refused, err := k.settle(part)
		if n := len(all) - len(p); len(done) == n && len(did) == len(part) && &did[0] == &part[0] {
			done = slices.Clip(all[:n+len(did)]) // as planned so far: a large plan is not copied
		} else {
			done = append(done, did...)
		}
		p = p[len(part):]
		errs = append(errs, refused...)
		if err != nil {
			return done, errors.Join(append(errs, err)...)
		}
	}
	return done, errors.Join(errs...)
}

// settle carries out one batch, and as edits what was there already.
func (k *IPVS) settle(p plan.Plan) (done plan.Plan, refused []error, err error) {
	answers, err := k.write(p)
	if err != nil {
		return nil, nil, err
	}
	if !slices.ContainsFunc(answers, func(errno unix.Errno) bool { return errno != 0 }) {
		return p, nil, nil
	}
	var edits plan.Plan
	for i, errno := range answers {
		if edit, ok := asEdit(p[i]); ok && errno == unix.EEXIST {
			edits = append(edits, edit)
		} else if errno == 0 {
			done = append(done, p[i])
		} else if !reached(p[i], errno) {
			refused = append(refused, &OpError{p[i], errno})
		}
	}
	if len(edits) == 0 {
		return done, refused, nil
	}
	again, more, err := k.settle(edits) // an edit is never turned into an edit
	return append(done, again...), append(refused, more...), err
}

func asEdit(o plan.Op) (plan.Op, bool) {
	switch o.Verb {
	case plan.AddService:
		o.Verb = plan.EditService
		return o, true
	case plan.AddDestination:
		o.Verb = plan.EditDestination
		return o, true
	}
	return o, false
}

// reached says whether the refusal means that there is nothing left to do.
func reached(o plan.Op, errno unix.Errno) bool {
	switch o.Verb {
	case plan.DeleteService, plan.StopDaemon:
		return errno == unix.ESRCH
	case plan.DeleteDestination:
		return errno == unix.ENOENT || errno == unix.ESRCH
	}
	return false
}

// write sends p in one datagram and gives the kernel's answer to each operation.
// Only the last one asks for an acknowledgement: a refusal is told unasked, and
// the kernel works through a datagram in order, so with the last answer all are in.
func (k *IPVS) write(p plan.Plan) ([]unix.Errno, error) {
	answers := make([]unix.Errno, len(p))
	place := make([]int, 0, len(p)) // of the operation that each message is about
	k.own.begin()
	var last uint32
	for i := range p {
		o := &p[i]
		cmd, known := commands[o.Verb]
		if !known {
			answers[i] = unix.EOPNOTSUPP
			continue
		}
		last = k.own.add(k.family, cmd, 0, func(e *encoder) { e.op(o) })
		place = append(place, i)
	}
	if len(place) == 0 {
		return answers, nil
	}
	first := last - uint32(len(place)) + 1
	if p[len(p)-1].Verb == plan.StopDaemon {
		last = k.end()
	}
	k.own.acknowledgeLast()
	if err := k.own.send(); err != nil {
		return nil, fmt.Errorf("write ipvs table: %w", err)
	}
	err := k.own.receive(func(seq uint32, _ []byte, errno unix.Errno) bool {
		if n := seq - first; n < uint32(len(place)) { // else left over from a request given up
			answers[place[n]] = errno
		}
		return seq == last
	})
	if err != nil {
		return nil, fmt.Errorf("write ipvs table: %w", err)
	}
	return answers, nil
}
