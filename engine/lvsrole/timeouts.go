package lvsrole

import (
	"context"

	"holdfast/engine/plan"
)

// compareTimeouts gives how the kernel's timeouts get to what is wished, and what the
// kernel had before any wish. Where nothing was ever wished it does not look.
func (w *writer) compareTimeouts(wish plan.Timeouts) (ops plan.Plan, have, before plan.Timeouts, err error) {
	if before = w.manifest.before; wish == before && wish == (plan.Timeouts{}) {
		return nil, have, before, nil
	}
	if have, err = w.table.conn.Timeouts(); err != nil {
		return nil, have, before, err
	}
	if before == (plan.Timeouts{}) {
		before = have
	}
	return plan.Diff(plan.State{Timeouts: have}, plan.State{Timeouts: wish.Over(before)}), have, before, nil
}

// settleTimeouts makes the timeouts as they are wished, and as they were before where
// they are not wished any more.
func (w *writer) settleTimeouts(ctx context.Context, a *tableAnswer) error {
	ops, have, before, err := w.compareTimeouts(a.job.timeouts)
	if err != nil {
		return err
	}
	if left := w.table.timeouts; left != (plan.Timeouts{}) && left != have {
		a.drift = append(a.drift, plan.Diff(plan.State{Timeouts: have}, plan.State{Timeouts: left})...)
	}
	if err := w.manifest.remember(before); err != nil {
		return err
	}
	done, refused, err := w.table.write(ctx, ops)
	a.ops, a.refused = append(a.ops, done...), append(a.refused, refused...)
	if err != nil || len(refused) > 0 {
		return err
	}
	if a.job.timeouts == (plan.Timeouts{}) {
		w.table.timeouts = plan.Timeouts{}
		return w.manifest.remember(plan.Timeouts{})
	}
	w.table.timeouts = a.job.timeouts.Over(before)
	return nil
}
