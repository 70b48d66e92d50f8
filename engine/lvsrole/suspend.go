package lvsrole

import (
	"net/netip"
	"time"

	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// suspended says that the checks of v pause: it has ha_suspend, and its address
// is not on this host. Servers keep the state they had.
func (l *loop) suspended(v *virtual) bool {
	if !v.core.HASuspend || !l.listed {
		return false
	}
	for a := range l.local {
		if a.Prefix.Addr() == v.core.Addr {
			return false
		}
	}
	return true
}

// watchAddresses begins to follow the host's addresses as soon as some virtual
// server depends on them.
func (l *loop) watchAddresses() {
	for _, v := range l.virtuals {
		if v.core.HASuspend && !l.watching {
			l.watching = true
			l.wg.Go(l.follow)
			return
		}
	}
}

// follow works in a goroutine of its own until the role ends. Where addresses
// cannot be followed nothing is suspended, and the journal says so.
func (l *loop) follow() {
	door, err := l.opt.OpenNet()
	if err != nil {
		l.unfollowed(err)
		return
	}
	defer door.Close()
	l.wg.Go(func() {
		for l.work.Err() == nil {
			l.list(door)
			select {
			case <-time.After(l.opt.Reread):
			case <-l.work.Done():
			}
		}
	})
	err = door.Watch(l.work, func(event any) {
		e, ok := event.(kernel.AddrEvent)
		if !ok {
			return
		}
		l.tell(func(l *loop) {
			key := plan.Address{Link: e.Link, Prefix: e.Prefix}
			if e.Gone {
				delete(l.local, key)
			} else {
				l.local[key] = true
			}
		})
	})
	if l.work.Err() == nil {
		l.unfollowed(err)
	}
}

// list tells the loop all addresses there are.
func (l *loop) list(door Addresses) {
	all, err := door.Addresses()
	if err != nil {
		l.unfollowed(err)
		return
	}
	local := make(map[plan.Address]bool, len(all))
	for _, a := range all {
		local[plan.Address{Link: a.Link, Prefix: netip.PrefixFrom(a.Prefix.Addr().Unmap(), a.Prefix.Bits())}] = true
	}
	l.tell(func(l *loop) { l.local, l.listed = local, true })
}

func (l *loop) unfollowed(err error) {
	reason := "the watch ended"
	if err != nil {
		reason = err.Error()
	}
	l.host.Journal(journal.Entry{Kind: journal.Notice, Facts: map[string]string{"code": "ha-suspend", "reason": reason}})
}
