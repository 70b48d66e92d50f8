package lvsrole

import (
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// flush is what of others is taken out of the table besides what is ours.
type flush uint8

// The parts of the kernel's table that a start or a stop may flush.
const (
	flushNone     flush = iota
	flushServices       // what others put into our services
	flushAll            // all of the table
)

// atStop is what lvs_flush_on_stop asks for.
func atStop(g model.Global) flush {
	switch {
	case !g.FlushOnStop.Written:
		return flushNone
	case g.FlushOnStop.Val == "VS":
		return flushServices
	}
	return flushAll
}

// owned is ours and what is flushed. keepalived empties the table and adds its own
// services again; here what is wished stays, with its connections.
func (t *table) owned(ours plan.Owned, f flush) (plan.Owned, error) {
	if f == flushNone {
		return ours, nil
	}
	read, err := t.conn.Read()
	if err != nil {
		return nil, err
	}
	owned := ours.With(nil)
	for _, s := range read {
		if ours.Names(s.Key) || f == flushAll {
			owned.Add([]plan.Service{s})
		}
	}
	return owned, nil
}
