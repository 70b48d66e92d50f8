package web

import (
	"context"
	"time"

	"holdfast/engine/journal"
	"holdfast/web/fault"
)

// settleEvery is how often the roles are asked whether an application has ended by
// itself; only an application that is still open makes it ask them.
const settleEvery = time.Second

// lookAgain is after how many of settleEvery the roles are asked whether what was kept
// still runs, also where no entry of the journal tells of a change.
const lookAgain = 60

// follow pushes new journal entries to the browsers at once, and marks in the
// history how an application ended that the roles ended by themselves.
func follow(ctx context.Context, opt Options, c *console) {
	tick := time.NewTicker(settleEvery)
	defer tick.Stop()
	broken, gone, unmerged := false, false, false
	again, ticks := true, 0 // whether what was kept is to be looked at again
	for {
		select {
		case <-ctx.Done():
			return
		case e, open := <-opt.Entries:
			if !open {
				opt.Entries = nil // a nil channel is never ready
			}
			again = again || e.Kind == journal.Started || e.Kind == journal.Reverted || e.Kind == journal.Applied
			c.Hub.Wake()
		case <-tick.C:
			c.memory.giveBack(c.Workflow.Expire)
			err := opt.Store.There()
			if err != nil && !gone {
				opt.Log.Error("nothing is stored any more: put the database back, or restart Holdfast to begin with what lies there", "error", err)
				c.Hub.Wake()
			}
			if gone = err != nil; !gone && opt.Store.Unwritten() == nil {
				err = opt.Store.Checkpoint(ctx)
				if err != nil && !unmerged && ctx.Err() == nil {
					opt.Log.Warn("a copy of config.db alone is not whole for now", "error", err)
				}
				unmerged = err != nil
			}
			again = again || ticks%lookAgain == 0
			ticks++
			changed, done, err := c.Workflow.Settle(ctx, again)
			again = again && !done
			if changed {
				c.Hub.Wake()
			}
			if err != nil && !broken && ctx.Err() == nil {
				opt.Log.Error("bring the history up to date", "error", err)
			}
			broken = err != nil
		}
	}
}

// writeKept tries to write where the last attempt failed, until it works. A lock may
// make each attempt wait, so nothing else waits for it.
func writeKept(ctx context.Context, opt Options, c *console) {
	tick := time.NewTicker(settleEvery)
	defer tick.Stop()
	said := "" // the code of the trouble that was told
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := opt.Store.Unwritten()
		if err != nil && said != "" {
			err = opt.Store.WriteKept(ctx)
		}
		code := ""
		if err != nil {
			code = fault.Of(err).Code
		}
		if code == said || ctx.Err() != nil {
			continue
		}
		if said = code; said != "" {
			opt.Log.Error("nothing can be stored; log-ins, and what is kept or taken back, are noted in memory", "error", err)
		} else {
			opt.Log.Info("the database can be written again, and has what was noted in memory")
		}
		c.Hub.Wake()
	}
}
