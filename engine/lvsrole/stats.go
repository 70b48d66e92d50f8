package lvsrole

import (
	"context"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// Stats reads the counters of one virtual server now, or of all where virtual is "".
func (r *role) Stats(ctx context.Context, virtual string) ([]control.VirtualStats, error) {
	return query(ctx, r, func(l *loop, reply func([]control.VirtualStats, error)) { l.stats(virtual, reply) })
}

func (l *loop) stats(virtual string, reply func([]control.VirtualStats, error)) {
	now := time.Now()
	if virtual == "" && l.counters.recent(now) {
		reply(l.virtuals.stats("", l.counters.services), nil)
		return
	}
	job := tableJob{task: taskCount, own: true}
	if virtual != "" {
		v := l.virtuals.named(virtual)
		if v == nil {
			reply(nil, &control.Problem{Code: control.NotFound, Message: "no service " + virtual, Args: map[string]string{"virtual": virtual}})
			return
		}
		job.keys = v.keys
	}
	job.done = func(a tableAnswer) {
		if virtual == "" && a.err == nil {
			l.counters.take(a.stats, now, time.Now())
		}
		reply(l.virtuals.stats(virtual, a.stats), a.err)
	}
	l.jobs.add(job)
}

// stats are the counters of one virtual server among those of the kernel, or of all where
// virtual is "".
func (vs virtuals) stats(virtual string, stats map[plan.ServiceKey]kernel.ServiceStats) []control.VirtualStats {
	all := []control.VirtualStats{}
	for _, v := range vs.list {
		if virtual == "" || v.name == virtual {
			all = append(all, v.stats(stats))
		}
	}
	return all
}

// stats are the counters of v among those of the kernel.
func (v *virtual) stats(all map[plan.ServiceKey]kernel.ServiceStats) control.VirtualStats {
	s := control.VirtualStats{Name: v.name, Servers: make([]control.ServerStats, 0, len(v.servers))}
	for _, key := range v.keys {
		s.Add(all[key].Counters)
	}
	for i := range v.servers {
		server := control.ServerStats{Name: v.serverName(i)}
		for _, key := range v.keys {
			d := all[key].Destinations[v.core.End(i, key)]
			server.Add(d.Counters)
			server.Active += uint64(d.Active)
			server.Inactive += uint64(d.Inactive)
			server.Persistent += uint64(d.Persistent)
		}
		s.Servers = append(s.Servers, server)
	}
	return s
}
