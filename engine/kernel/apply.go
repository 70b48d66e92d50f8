package kernel

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
)

// OpError is the kernel's answer to one operation of a plan.
type OpError struct {
	Op  plan.Op
	Err error
}

func (e *OpError) Error() string { return fmt.Sprintf("%s: %v", e.Op, e.Err) }

// Unwrap gives the errno.
func (e *OpError) Unwrap() error { return e.Err }

// Apply carries out the address operations of p in order; others are refused
// with EOPNOTSUPP. It goes on after an error: done counts the operations whose
// aim was reached (an address already there, or already gone, is such), and err
// joins an *OpError for each of the rest. Deleting an address deletes no other:
// what the kernel takes along (the secondary addresses of its subnet, unless
// promote_secondaries is set) is put back.
func (n *Net) Apply(ctx context.Context, p plan.Plan) (done int, err error) {
	var before []address
	if takesAlong(p) {
		if before, err = n.dumpAddresses(); err != nil {
			return 0, err
		}
	}
	var errs []error
	var reached plan.Plan
	index := map[string]int{}
	for _, o := range p {
		if err := ctx.Err(); err != nil {
			errs = append(errs, err)
			break
		}
		if err := n.applyOne(index, o); err != nil {
			errs = append(errs, &OpError{o, err})
			continue
		}
		reached = append(reached, o)
	}
	if before != nil {
		errs = append(errs, n.putBack(before, reached, index))
	}
	return len(reached), errors.Join(errs...)
}

func (n *Net) applyOne(index map[string]int, o plan.Op) error {
	if o.Verb != plan.AddAddress && o.Verb != plan.DeleteAddress {
		return unix.EOPNOTSUPP
	}
	i, ok := index[o.Address.Link]
	if !ok {
		l, err := n.linkNamed(o.Address.Link)
		if err != nil {
			return err
		}
		i = l.Index
		index[l.Name] = i
	}
	if o.Verb == plan.AddAddress {
		return tolerate(n.addAddress(i, o.Address), unix.EEXIST)
	}
	return tolerate(n.deleteAddress(i, o.Address), unix.EADDRNOTAVAIL)
}

func tolerate(err error, errno unix.Errno) error {
	if errors.Is(err, errno) {
		return nil
	}
	return err
}

// takesAlong says whether p deletes an address that may have secondaries.
func takesAlong(p plan.Plan) bool {
	for _, o := range p {
		if o.Verb == plan.DeleteAddress && o.Address.Prefix.Addr().Is4() && !o.Address.Prefix.IsSingleIP() {
			return true
		}
	}
	return false
}

// putBack adds what was there before, or was added by the operations done, and
// is gone although none of them deleted it.
func (n *Net) putBack(before []address, done plan.Plan, index map[string]int) error {
	type key struct {
		index  int
		prefix netip.Prefix
	}
	missing := map[key]func() error{}
	var order []key
	expect := func(k key, add func() error) {
		missing[k] = add
		order = append(order, k)
	}
	for _, a := range before {
		expect(key{a.index, a.prefix}, func() error { return n.addAgain(a) })
	}
	for _, o := range done {
		k := key{index[o.Address.Link], o.Address.Prefix}
		if o.Verb == plan.DeleteAddress {
			delete(missing, k)
			continue
		}
		expect(k, func() error { return n.addAddress(k.index, o.Address) })
	}
	now, err := n.dumpAddresses()
	if err != nil {
		return err
	}
	for _, a := range now {
		delete(missing, key{a.index, a.prefix})
	}
	var errs []error
	for _, k := range order {
		if add := missing[k]; add != nil {
			delete(missing, k)
			errs = append(errs, tolerate(add(), unix.EEXIST))
		}
	}
	return errors.Join(errs...)
}

// addAgain adds an address exactly as the kernel told it, be it ours or not.
func (n *Net) addAgain(a address) error {
	req := n.request(unix.RTM_NEWADDR, unix.NLM_F_CREATE|unix.NLM_F_EXCL|unix.NLM_F_ACK)
	req.AddRawData(a.raw)
	_, err := req.Execute(unix.NETLINK_ROUTE, 0)
	return err
}
