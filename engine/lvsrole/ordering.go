package lvsrole

import (
	"context"
	"fmt"
	"strings"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/lvs"
)

// ordering carries out what operators want of real servers. An order is on disk before
// it is in force, one after the other.
type ordering struct {
	file   ordersFile
	now    orders
	queue  []orderChange // the first of them is under way
	waits  []drainWait   // those who wait for the end of a drain
	count  time.Time     // when what drains is counted next; zero: nothing drains
	counts bool          // a count is under way
}

// orderChange is one change of the orders.
type orderChange struct {
	change func(orders) orders
	done   func(error)
}

// back is the mode that ends an order.
const back = "back"

// maxWeight is the largest weight, as of a configured one.
const maxWeight = 1<<31 - 1

// Order has a real server drained, switched off, weighed otherwise or brought back.
func (r *role) Order(ctx context.Context, req control.OrderRequest) (control.Ordered, error) {
	return query(ctx, r, func(l *loop, reply func(control.Ordered, error)) { l.order(req, reply) })
}

// order replies when the kernel holds what the order asks for, or what keeps it from that.
func (l *loop) order(req control.OrderRequest, reply func(control.Ordered, error)) {
	virtual, server, v, err := l.find(req.Virtual, req.Server)
	now := time.Now()
	var next order
	if err == nil {
		next, err = orderOf(req, now)
	}
	if err == nil && v == nil && next.Mode != lvs.NoOrder {
		err = &control.Problem{Code: control.NotFound, Message: "the running configuration does not have the server; its order can only be ended, with back",
			Args: map[string]string{"virtual": virtual, "server": server}}
	}
	if err == nil && l.stopping {
		err = &control.Problem{Code: control.Busy, Message: "the role is ending"}
	}
	if err != nil {
		reply(control.Ordered{}, err)
		return
	}
	before := order{}
	l.keepOrders(func(o orders) orders {
		if before = o.of(virtual, server); before.wants() == next.wants() {
			next.Since = before.Since // it goes on
			if next.Until == before.Until {
				next.Drained = before.Drained
			}
		}
		return o.with(virtual, server, next)
	}, func(err error) {
		if err != nil {
			reply(control.Ordered{}, err)
			return
		}
		l.tellOrder(req, virtual, server, before, next, time.Now())
		l.ordered(virtual, server, next, time.Now(), reply)
	})
}

// orderOf is the order that a request asks for.
func orderOf(req control.OrderRequest, now time.Time) (o order, err error) {
	invalid := func(format string, args ...any) (order, error) {
		return order{}, &control.Problem{Code: control.Invalid, Message: fmt.Sprintf(format, args...), Args: map[string]string{"order": req.Mode}}
	}
	o = order{Mode: lvs.Mode(req.Mode), Owner: req.Owner, Reason: req.Reason, Since: now}
	switch {
	case len(req.Owner) > maxWords || len(req.Reason) > maxWords:
		return invalid("owner and reason may have %d bytes each", maxWords)
	case req.Mode == back:
		return order{}, nil
	case o.Mode == lvs.Off:
		return o, nil
	case o.Mode == lvs.Weighted && (req.Weight < 0 || req.Weight > maxWeight):
		return invalid("weight %d is not within 0..%d", req.Weight, maxWeight)
	case o.Mode == lvs.Weighted && req.Weight > 0:
		o.Weight = req.Weight
		return o, nil
	case o.Mode != lvs.Drain && o.Mode != lvs.Weighted:
		return invalid("mode %q is none of drain, off, weight and back", req.Mode)
	}
	o.Mode, o.Until = lvs.Drain, lvs.Until(req.Until)
	switch o.Until {
	case "":
		o.Until = lvs.UntilActive
	case lvs.UntilActive, lvs.UntilAll, lvs.UntilPersistent:
	default:
		return invalid("until %q is none of active, all and persistent", req.Until)
	}
	switch most := maxWithin.Seconds(); {
	case !(req.Within >= 0 && req.Within <= most):
		return invalid("within is not a number of seconds up to %.0f", most)
	case req.Within > 0:
		o.Deadline = now.Add(time.Duration(req.Within * float64(time.Second)))
	}
	return o, nil
}

const (
	maxWords  = 1000                 // bytes of an owner and of a reason
	maxWithin = 366 * 24 * time.Hour // of a drain, until it is told that connections are left
)

// find gives the full names of what a request names, and the virtual server; nil where
// only an order has it. The protocol may be left out where one virtual server fits.
func (l *loop) find(virtual, server string) (string, string, *virtual, error) {
	virtual, err := l.fullName(virtual)
	if err != nil {
		return "", "", nil, err
	}
	if v := l.virtuals.named(virtual); v != nil && v.at(server) >= 0 {
		return virtual, server, v, nil
	}
	if l.orders.now.of(virtual, server).Mode == lvs.NoOrder {
		return "", "", nil, &control.Problem{Code: control.NotFound, Message: fmt.Sprintf("service %s has no server %s", virtual, server), Args: map[string]string{"virtual": virtual, "server": server}}
	}
	return virtual, server, nil, nil
}

// fullName is the name of a virtual server that is there or has orders; its protocol may
// be left out where one fits.
func (l *loop) fullName(virtual string) (string, error) {
	names := map[string]bool{}
	for _, v := range l.virtuals.list {
		names[v.name] = true
	}
	for name := range l.orders.now {
		names[name] = true
	}
	if names[virtual] {
		return virtual, nil
	}
	fit := ""
	for name := range names {
		if strings.HasSuffix(name, ":"+virtual) {
			if fit != "" {
				return "", &control.Problem{Code: control.Invalid, Message: fmt.Sprintf("more than one service is %s: write %s or %s", virtual, min(fit, name), max(fit, name))}
			}
			fit = name
		}
	}
	if fit == "" {
		return "", &control.Problem{Code: control.NotFound, Message: "no service " + virtual, Args: map[string]string{"virtual": virtual}}
	}
	return fit, nil
}

// keepOrders makes a change of the orders, on disk first; done is told whether that
// could be.
func (l *loop) keepOrders(change func(orders) orders, done func(error)) {
	l.orders.queue = append(l.orders.queue, orderChange{change, done})
	if len(l.orders.queue) == 1 {
		l.nextOrder()
	}
}

func (l *loop) nextOrder() {
	first := l.orders.queue[0]
	next := first.change(l.orders.now)
	l.jobs.add(tableJob{orders: &next, done: func(a tableAnswer) {
		if a.err == nil {
			l.orders.now = next
		}
		l.orders.queue = l.orders.queue[1:]
		first.done(a.err)
		if len(l.orders.queue) > 0 {
			l.nextOrder()
		}
	}})
}

// ordered puts an order into force.
func (l *loop) ordered(virtual, server string, o order, now time.Time, reply func(control.Ordered, error)) {
	v := l.virtuals.named(virtual)
	if v == nil || v.at(server) < 0 {
		reply(l.orderedOf(virtual, server), nil)
		return
	}
	i := v.at(server)
	v.servers[i].order, v.servers[i].quiet = &o, 0
	l.take(v, lvs.Ordered{Server: i, Order: o.wants()}, i, code.Ordered, now)
	l.watchDrains(now)
	l.wakeDrains()
	if l.problems.blocked != "" {
		reply(l.orderedOf(virtual, server), nil)
		return
	}
	l.jobs.add(tableJob{task: taskSettle, keys: v.keys, done: func(a tableAnswer) {
		l.settled(a)
		out := l.orderedOf(virtual, server)
		out.Lines = a.ops.Lines()
		for _, r := range a.refused {
			out.Held = append(out.Held, refusalOf(r, v.name))
		}
		reply(out, a.err)
	}})
}

// take lets a virtual server take in an event that no check brought about.
func (l *loop) take(v *virtual, ev lvs.Event, i int, reason string, now time.Time) {
	before := v.state.Servers[i]
	state, effects := v.core.Step(v.state, ev)
	v.state = state
	l.timed(v, i, before, now)
	l.carryOut(v, effects, nil, reason, now)
	l.record.changed(now)
	v.rewordServer(i, now)
	l.reword(v, now)
}

// tellOrder puts an order into the journal. One that says what holds already is told
// too: its owner or its reason may be new.
func (l *loop) tellOrder(req control.OrderRequest, virtual, server string, before, o order, now time.Time) {
	to := string(o.Mode)
	if o.Mode == lvs.NoOrder {
		if before.Mode == lvs.NoOrder {
			return
		}
		to = back
	}
	facts := map[string]string{
		journal.FactVirtual: virtual, journal.FactServer: server, journal.FactFrom: string(before.Mode), journal.FactTo: to,
		journal.FactOwner: req.Owner, journal.FactNote: req.Reason,
	}
	if o.Mode == lvs.Weighted {
		facts[journal.FactWeight] = fmt.Sprint(o.Weight)
	}
	l.host.Journal(journal.Entry{At: now, Kind: journal.ServerOrder, Object: virtual + "/" + server, Facts: facts})
}

// orderedOf is where a server stands after an order, also one that the configuration does
// not have any more.
func (l *loop) orderedOf(virtual, server string) control.Ordered {
	out := control.Ordered{Virtual: virtual, Server: control.ServerStatus{Name: server}, Lines: []string{}, Held: []control.Blocked{}}
	if v := l.virtuals.named(virtual); v != nil && v.at(server) >= 0 {
		out.Server, out.QuorumUp, out.Held = l.reportServer(v, v.at(server)), v.state.Quorum, l.reportBlocked(v)
	}
	return out
}

// staying are the orders that go on under next although the text speaks of their servers
// anew: the configured weight is another one, or the server was not there.
func (vs virtuals) staying(next virtuals, o orders) (stay []control.Blocked) {
	for _, v := range next.list {
		for i := range v.core.Servers {
			r := &v.core.Servers[i]
			one := o.of(v.name, r.Name())
			if one.Mode == lvs.NoOrder {
				continue
			}
			if old := vs.named(v.name); old != nil {
				if j := old.at(r.Name()); j >= 0 && old.core.Servers[j].Weight == r.Weight {
					continue
				}
			}
			stay = append(stay, control.Blocked{Object: v.name + "/" + r.Name(), Code: code.OrderStays, Args: map[string]string{
				"object": v.name + "/" + r.Name(), "mode": string(one.Mode), "owner": one.Owner, "weight": fmt.Sprint(r.Weight.Val),
			}})
		}
	}
	return stay
}
