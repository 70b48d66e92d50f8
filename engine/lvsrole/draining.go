package lvsrole

import (
	"context"
	"slices"
	"strconv"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/lvs"
	"holdfast/engine/plan"
)

const (
	drainInterval = time.Second // between two counts of what drains
	drainQuiet    = 2           // counts in a row that find nothing: a connection that just begins is not open yet
)

// draining gives the servers of v whose drain is not over.
func (v *virtual) draining() (servers []int) {
	for i := range v.servers {
		if o := v.servers[i].ordered(); o.Mode == lvs.Drain && o.Drained.IsZero() {
			servers = append(servers, i)
		}
	}
	return servers
}

// unbinds says whether clients that are bound to a server of v have to leave it: it takes
// no new ones, and persistence would send them back to it.
func (v *virtual) unbinds() bool {
	return v.core.Persistence.Val.Duration() > 0 && slices.ContainsFunc(v.state.Servers, func(s lvs.ServerState) bool { return s.Order.Mode == lvs.Drain || s.Kept })
}

// watchDrains has the kernel's counters read while a drain is not over.
func (l *loop) watchDrains(now time.Time) {
	some := slices.ContainsFunc(l.virtuals.list, func(v *virtual) bool { return len(l.orders.now[v.name]) > 0 && len(v.draining()) > 0 })
	switch {
	case !some:
		l.orders.count = time.Time{}
	case l.orders.count.IsZero():
		l.orders.count = now
	}
}

// countDrains reads the counters of what drains, where that is due.
func (l *loop) countDrains(now time.Time) {
	if l.orders.count.IsZero() || l.orders.counts || now.Before(l.orders.count) {
		return
	}
	l.orders.count = now.Add(drainInterval)
	var keys []plan.ServiceKey
	for name := range l.orders.now {
		if v := l.virtuals.named(name); v != nil && v.there && len(v.draining()) > 0 {
			keys = append(keys, v.keys...)
		}
	}
	if len(keys) == 0 || l.problems.blocked != "" {
		return // nothing is known of them now
	}
	l.orders.counts = true
	l.jobs.add(tableJob{task: taskCount, keys: keys, done: func(a tableAnswer) {
		l.orders.counts = false
		if a.err == nil && a.blocked == "" {
			l.counted(a.stats, time.Now())
		}
	}})
}

// counted takes in the counters of what drains.
func (l *loop) counted(stats map[plan.ServiceKey]kernel.ServiceStats, now time.Time) {
	for name := range l.orders.now {
		v := l.virtuals.named(name)
		if v == nil {
			continue
		}
		for _, i := range v.draining() {
			if left, known := v.left(stats, i); known {
				l.drainLeft(v, i, left, now)
			}
		}
	}
}

// left is what server i of v still has in the kernel; not known where one of the services
// lacks it, or still sends it clients.
func (v *virtual) left(stats map[plan.ServiceKey]kernel.ServiceStats, i int) (left lvs.Remaining, known bool) {
	end := v.core.End(i, v.key)
	if !slices.ContainsFunc(v.have.Destinations, func(d plan.Destination) bool { return d.End() == end && d.Weight == 0 }) {
		return left, false
	}
	for _, key := range v.keys {
		d, there := stats[key].Destinations[v.core.End(i, key)]
		if !there {
			return left, false
		}
		left.Active += uint64(d.Active)
		left.Inactive += uint64(d.Inactive)
		left.Persistent += uint64(d.Persistent)
	}
	return left, true
}

// drainLeft takes in how much is left of a drain.
func (l *loop) drainLeft(v *virtual, i int, left lvs.Remaining, now time.Time) {
	s := &v.servers[i]
	o := s.ordered()
	if !left.Over(o.Until) {
		s.quiet = 0
		if !o.Deadline.IsZero() && !o.Overdue && !s.noting && !now.Before(o.Deadline) {
			count := strconv.FormatUint(left.Left(o.Until), 10)
			l.noteDrain(v, i, func(o *order) bool { first := !o.Overdue; o.Overdue = true; return first }, journal.DrainOverdue, map[string]string{journal.FactCount: count})
		}
		return
	}
	if s.quiet++; s.quiet >= drainQuiet && !s.noting {
		took := now.Sub(o.Since).Round(time.Second).String()
		l.noteDrain(v, i, func(o *order) bool { first := o.Drained.IsZero(); o.Drained = now; return first }, journal.ServerDrained, map[string]string{journal.FactTook: took})
	}
}

// noteDrain keeps what became of a drain and then tells it, so that it is told once also
// where the role restarts. Where the disk does not take it, this process still knows.
func (l *loop) noteDrain(v *virtual, i int, note func(*order) bool, kind journal.Kind, facts map[string]string) {
	virtual, server := v.name, v.serverName(i)
	v.servers[i].noting = true
	noted := false
	change := func(o orders) orders {
		one := o.of(virtual, server)
		if one.Mode != lvs.Drain {
			return o // there is another order by now
		}
		if noted = note(&one); !noted {
			return o // told already
		}
		return o.with(virtual, server, one)
	}
	l.keepOrders(change, func(err error) {
		if v := l.virtuals.named(virtual); v != nil && v.at(server) >= 0 {
			v.servers[v.at(server)].noting = false
		}
		l.problems.fault("orders", err)
		if err != nil {
			l.orders.now = change(l.orders.now)
		}
		if noted {
			l.drainNoted(virtual, server, kind, facts)
		}
	})
}

// drainNoted tells what became of a drain.
func (l *loop) drainNoted(virtual, server string, kind journal.Kind, facts map[string]string) {
	now, o := time.Now(), l.orders.now.of(virtual, server)
	facts[journal.FactVirtual], facts[journal.FactServer] = virtual, server
	facts[journal.FactOwner], facts[journal.FactNote] = o.Owner, o.Reason
	l.host.Journal(journal.Entry{At: now, Kind: kind, Object: virtual + "/" + server, Facts: facts})
	if v := l.virtuals.named(virtual); v != nil {
		v.takeOrders(l.orders.now)
		for i := range v.servers {
			v.rewordServer(i, now)
		}
		l.reword(v, now)
	}
	l.watchDrains(now)
	l.wakeDrains()
}

// drainWait is somebody who waits for the end of a drain.
type drainWait struct {
	over  func() bool
	reply func()
}

// AwaitDrain returns when the server's order is another one or its drain is over, and at
// the latest after so long.
func (r *role) AwaitDrain(ctx context.Context, virtual, server string, most time.Duration) (control.Ordered, error) {
	return query(ctx, r, func(l *loop, reply func(control.Ordered, error)) { l.awaitDrain(virtual, server, most, reply) })
}

func (l *loop) awaitDrain(service, name string, most time.Duration, reply func(control.Ordered, error)) {
	service, name, v, err := l.find(service, name)
	if err != nil {
		reply(control.Ordered{}, err)
		return
	}
	since := l.orders.now.of(service, name).Since
	end := time.AfterFunc(most, func() { l.tell((*loop).wakeDrains) })
	until := time.Now().Add(most)
	l.orders.waits = append(l.orders.waits, drainWait{
		over: func() bool {
			o := l.orders.now.of(service, name)
			return v == nil || o.Mode != lvs.Drain || !o.Drained.IsZero() || !o.Since.Equal(since) || !time.Now().Before(until)
		},
		reply: func() {
			end.Stop()
			reply(l.orderedOf(service, name), nil)
		},
	})
	l.wakeDrains()
}

// wakeDrains answers those who need wait no longer.
func (l *loop) wakeDrains() {
	l.orders.waits = slices.DeleteFunc(l.orders.waits, func(w drainWait) bool {
		if !w.over() {
			return false
		}
		w.reply()
		return true
	})
}
