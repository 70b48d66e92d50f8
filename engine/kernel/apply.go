package kernel

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

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

// Apply carries out the operations of p on addresses, routes, rules, links, settings and
// drops in order; others are refused with EOPNOTSUPP. It goes on after an error: done are the operations that the
// kernel carried out, and err joins an *OpError for each that it refused. One that
// was not needed (an address already there, or already gone) is neither. Deleting an address deletes no other:
// what the kernel takes along (the secondary addresses of its subnet, unless
// promote_secondaries is set) is put back.
func (n *Net) Apply(ctx context.Context, p plan.Plan) (done plan.Plan, err error) {
	var before []address
	if takesAlong(p) {
		if before, err = n.dumpAddresses(); err != nil {
			return nil, err
		}
	}
	var errs []error
	var reached plan.Plan
	index := map[string]int{}
	for at, single := 0, 0; at < len(p); at++ {
		if err := ctx.Err(); err != nil {
			errs = append(errs, err)
			break
		}
		if run := dropRun(p[at:]); at >= single && len(run) > 1 {
			if n.applyDrops(run) == nil {
				done = append(done, run...)
				at += len(run) - 1
				continue
			}
			single = at + len(run) // one by one: some of them are refused
		}
		o := p[at]
		err := n.applyOne(index, o)
		if beside := (besideError{}); errors.As(err, &beside) {
			errs = append(errs, beside.error)
			err = nil
		}
		if err != nil && !unneeded(o, err) {
			errs = append(errs, &OpError{o, err})
			continue
		}
		if o.Verb == plan.AddAddress || o.Verb == plan.DeleteAddress {
			reached = append(reached, o)
		}
		if err == nil || o.Verb == plan.DeleteAddress && wasThere(before, o, index) {
			done = append(done, o)
		}
	}
	if accepted := acceptedBy(done); len(accepted) > 0 {
		errs = append(errs, n.tidyDrops(dropTables(accepted)...))
	}
	if before != nil {
		errs = append(errs, n.putBack(before, reached, index))
	}
	return done, errors.Join(errs...)
}

func (n *Net) applyOne(index map[string]int, o plan.Op) error {
	lookUp := func(name string) (int, error) {
		if i, known := index[name]; known {
			return i, nil
		}
		l, err := n.linkNamed(name)
		if err == nil {
			index[name] = l.Index
		}
		return l.Index, err
	}
	switch o.Verb {
	case plan.AddRoute:
		return n.addRoute(o.Route, lookUp)
	case plan.DeleteRoute:
		return n.deleteRoute(o.Route, lookUp)
	case plan.AddRule:
		return n.addRule(o.Rule)
	case plan.DeleteRule:
		return n.deleteRule(o.Rule)
	case plan.AddLink:
		return n.addLink(o.Link)
	case plan.EditLink:
		return n.editLink(o.Link)
	case plan.DeleteLink:
		return n.deleteLink(o.Link)
	case plan.ChangeSetting:
		return n.changeSetting(o.Setting)
	case plan.AddDrop, plan.DeleteDrop:
		return n.applyDrops(plan.Plan{o})
	case plan.AddAddress, plan.DeleteAddress:
	default:
		return unix.EOPNOTSUPP
	}
	i, err := lookUp(o.Address.Link)
	switch {
	case err != nil:
		return err
	case o.Verb == plan.AddAddress:
		return n.addAddress(i, o.Address)
	}
	return n.deleteAddress(i, o.Address)
}

// acceptedBy are the drops that a plan ended.
func acceptedBy(done plan.Plan) (list []plan.Drop) {
	for _, o := range done {
		if o.Verb == plan.DeleteDrop {
			list = append(list, o.Drop)
		}
	}
	return list
}

// wasThere says whether the address of o was there before: if it is gone now, the
// kernel took it along with another.
func wasThere(before []address, o plan.Op, index map[string]int) bool {
	return slices.ContainsFunc(before, func(a address) bool {
		return a.index == index[o.Address.Link] && a.prefix == o.Address.Prefix
	})
}

// unneeded says whether the refusal of an operation means that there was nothing to do.
func unneeded(o plan.Op, err error) bool {
	switch o.Verb {
	case plan.AddAddress, plan.AddRoute, plan.AddRule, plan.AddDrop:
		return errors.Is(err, unix.EEXIST)
	case plan.DeleteAddress:
		return errors.Is(err, unix.EADDRNOTAVAIL)
	case plan.DeleteLink:
		return errors.Is(err, unix.ENODEV)
	case plan.DeleteRoute: // without its link it is gone
		return errors.Is(err, unix.ESRCH) || errors.Is(err, unix.ENODEV)
	case plan.DeleteRule, plan.DeleteDrop:
		return errors.Is(err, unix.ENOENT)
	}
	return false
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
		if o.Verb != plan.AddAddress && o.Verb != plan.DeleteAddress {
			continue
		}
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
