package lvsrole

import (
	"slices"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/journal"
)

// suspended says that the checks of v pause: it has ha_suspend, and its address
// is not on this host. Servers keep the state they had.
func (l *loop) suspended(v *virtual) bool {
	return v.core.HASuspend && len(v.core.Ends) == 0 && l.local.lack(v.core.Addr)
}

// addressesChanged takes in what follow says.
func (l *loop) addressesChanged(n addressNews) {
	l.local.take(n)
	now := time.Now()
	for _, v := range l.virtuals.list {
		if v.core.HASuspend {
			l.reword(v, now)
		}
	}
}

// followAddresses begins to follow the host's addresses as soon as some virtual
// server depends on them. Where they cannot be followed nothing is suspended, and
// the journal says so.
func (l *loop) followAddresses() {
	if l.local.followed || !slices.ContainsFunc(l.virtuals.list, func(v *virtual) bool { return v.core.HASuspend }) {
		return
	}
	l.local.followed = true
	l.wg.Go(func() {
		follow(l.work, l.opt.OpenNet, l.opt.Reread,
			func(n addressNews) { l.tell(func(l *loop) { l.addressesChanged(n) }) },
			func(err error) {
				l.host.Journal(journal.Entry{Kind: journal.Notice, Facts: map[string]string{journal.FactCode: code.HASuspend, journal.FactReason: err.Error()}})
			})
	})
}
