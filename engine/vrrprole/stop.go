package vrrprole

import (
	"errors"
	"time"

	"holdfast/engine/control"
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
	if l.ending == control.Release {
		for _, t := range l.teams {
			l.step(t, vrrp.Everyone, vrrp.Stop{}, now)
		}
		l.sockets.close()
		l.writer.dropLinks(linkWish{})
	}
	l.awaitWriter()
	if l.ending == control.Release && !l.notify.queue.Wait(notifyGrace) {
		l.log.Warn("notify scripts are still running at the end")
	}
	if l.ending == control.Release {
		return errors.Join(l.record.remove(), l.writer.manifest.file.Remove())
	}
	return nil
}

// awaitWriter waits until the kernel was written. Meanwhile nothing is decided any
// more, but what failed is still told.
func (l *loop) awaitWriter() {
	done := l.writer.done()
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
