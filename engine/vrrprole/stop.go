package vrrprole

import (
	"errors"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

// close gives back what newLoop opened; all goroutines are down by then.
func (l *loop) close() {
	l.links.net.Close()
	l.record.close()
}

// stop makes the loop end.
func (l *loop) stop(mode control.StopMode) { l.ending = mode }

// finish ends the role: a release resigns and takes everything off, a handoff
// leaves it to the successor, which finds the record.
func (l *loop) finish() error {
	now := time.Now()
	l.scripts.stop()
	l.follows = false
	if l.ending == control.Handoff {
		if err := l.sessions.save(l.record.dir); err != nil {
			l.log.Warn("bfd sessions are not handed over", "reason", err)
		}
	}
	if l.ending == control.Release {
		l.inOrder(false, func() {
			for _, t := range l.teams {
				l.step(t, vrrp.Everyone, vrrp.Stop{}, now)
			}
		})
		l.sockets.close()
		l.writer.dropLinks(linkWish{})
		l.sessions.stop(now)
		l.writer.release(staticKey)
		l.writer.prepareDrops(kernel.DropTable{})
	}
	if l.ending == control.Release {
		l.daemons.follow(nil)
		l.await(l.daemons.done())
	}
	l.await(l.writer.done())
	if l.ending == control.Release && !l.notify.queue.Wait(notifyGrace) {
		l.log.Warn("notify scripts are still running at the end")
	}
	l.closeFIFOs()
	if l.ending == control.Release {
		return errors.Join(l.record.remove(), forgetSessions(l.record.dir), l.writer.manifest.file.Remove())
	}
	return nil
}

// await waits until the kernel was written. Meanwhile nothing is decided any
// more, but what failed is still told.
func (l *loop) await(done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case in := <-l.role.inbox:
			if failed, ok := in.(kernelRefusal); ok {
				failed.reach(l)
			}
		}
	}
}
