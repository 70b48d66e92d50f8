package lvsrole

import (
	"context"

	"holdfast/engine/lvs"
	"holdfast/engine/plan"
)

// work carries out what a job wants of the kernel.
func (w *writer) work(ctx context.Context, a *tableAnswer) (err error) {
	switch a.job.task {
	case taskCount:
		if len(a.job.keys) > 0 {
			a.stats, err = w.table.conn.StatsOf(a.job.keys, a.job.own)
			return err
		}
		a.stats, err = w.table.conn.Stats()
		return err
	case taskPreview:
		c, err := w.compare(w.manifest.ours.With(a.job.whole), a.job)
		if err != nil {
			return err
		}
		ops, _, _, err := w.compareTimeouts(a.job.timeouts)
		a.ops, a.moves = append(ops, c.ops...), lvs.Moves(c.have.all(), c.want)
		return err
	case taskSettle:
		return w.settle(ctx, a)
	case taskAll:
		if err := w.settleAll(ctx, a); err != nil {
			return err
		}
		return w.settleTimeouts(ctx, a)
	case taskRemove:
		owned, err := w.table.owned(w.manifest.ours, a.job.flush)
		if err != nil {
			return err
		}
		c, err := w.compare(owned, a.job)
		if err != nil {
			return err
		}
		if err := w.carryOut(ctx, a, c.ops); err != nil {
			return err
		}
		return w.settleTimeouts(ctx, a)
	}
	panic("lvsrole: a job of no known task")
}

// compare is how the kernel's table gets to what the job wants of owned: what a
// preview tells and what an apply carries out.
func (w *writer) compare(owned plan.Owned, job tableJob) (comparison, error) {
	return w.table.compare(owned, w.manifest.ours, job.want, job.trust)
}

// settle makes the services of want as they shall be, and looks at no others.
func (w *writer) settle(ctx context.Context, a *tableAnswer) error {
	t := w.table
	if !t.known {
		c, err := w.compare(w.manifest.ours, a.job)
		if err != nil {
			return err
		}
		t.believe(c)
	}
	if err := w.carryOut(ctx, a, plan.OwnedDiff(t.have.under(a.job.want), a.job.want, nil)); err != nil {
		return err
	}
	if len(a.refused) > 0 {
		t.have.after(a.ops)
	} else {
		for _, s := range a.job.want {
			t.have[s.Key] = s
		}
	}
	a.have = t.have.under(a.job.want)
	return nil
}

// fewOperations is after how many operations it is worth reading back what they did.
// The kernel has answered to each, and reading ten thousand services takes longer than
// writing them: the next look at the table tells in time.
const fewOperations = 1000

// settleAll makes all that is ours as it shall be, from what the kernel really
// has, and reads back what it touched, but for many operations.
func (w *writer) settleAll(ctx context.Context, a *tableAnswer) error {
	t, ours := w.table, w.manifest.ours
	owned, err := t.owned(ours, a.job.flush)
	if err != nil {
		return err
	}
	c, err := t.find(owned, ours, a.job.want, a.job.trust && a.job.flush == flushNone)
	if err != nil {
		return err
	}
	if a.job.silent && c.whole && len(c.have) == 0 && !t.known && len(a.job.want) > fillAtOnce {
		return w.fill(ctx, a)
	}
	c.ops = plan.OwnedDiff(c.have.all(), c.want, c.shared)
	if t.known {
		a.drift = plan.OwnedDiff(c.have.all(), t.believed(c).all(), c.shared)
	}
	a.moves = lvs.Moves(c.have.all(), c.want)
	t.believe(c)
	if err := w.carryOut(ctx, a, c.ops); err != nil {
		return err
	}
	if a.job.flush != flushNone && len(a.refused) == 0 {
		t.foreign = nil
	}
	switch {
	case len(c.ops) == 0:
	case len(a.refused) == 0 && len(c.shared) == 0 && len(c.ops) > fewOperations:
		t.have = servicesOf(a.job.want)
	default:
		keys := keysOf(c.ops)
		if mostOf(keys, t.have) {
			keys = nil
		}
		if _, err := t.refresh(ours, ours, t.have, keys); err != nil {
			return err
		}
	}
	return w.hold(a)
}

// hold notes what the kernel has now.
func (w *writer) hold(a *tableAnswer) error {
	a.have, a.foreign = w.table.have.all(), w.table.foreign
	if len(a.refused) > 0 {
		return nil // what could not be taken out is still ours
	}
	return w.manifest.keep(a.job.whole)
}

// fillAtOnce is from how many services on fill puts them into the kernel.
const fillAtOnce = 256

// fillOperations is about how many operations fill gives to the kernel at once: what it
// takes at once, so that the same memory does for the next ones.
const fillOperations = 256

// fill puts all services into a kernel that has none of them, part by part: the
// operations for ten thousand of them at once would take more memory than all else.
func (w *writer) fill(ctx context.Context, a *tableAnswer) error {
	t, ours := w.table, w.manifest.ours
	var part plan.Plan
	for i := range a.job.want {
		if part = plan.Additions(part, a.job.want[i:i+1]); len(part) < fillOperations && i+1 < len(a.job.want) {
			continue
		}
		_, refused, err := t.write(ctx, part)
		if err != nil {
			return err
		}
		a.refused = append(a.refused, refused...)
		part = part[:0]
	}
	t.have, t.known = servicesOf(a.job.want), true
	if len(a.refused) > 0 {
		clear(t.have)
		if _, err := t.refresh(ours, ours, t.have, nil); err != nil {
			return err
		}
	}
	return w.hold(a)
}

// carryOut has the kernel do p, and notes in the answer what it did and refused.
func (w *writer) carryOut(ctx context.Context, a *tableAnswer, p plan.Plan) (err error) {
	a.ops, a.refused, err = w.table.write(ctx, p)
	return err
}
