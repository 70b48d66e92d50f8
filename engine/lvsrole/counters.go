package lvsrole

import (
	"net/netip"
	"time"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// fresh is how old counters may be before a status asks the kernel again. In
// a large table reading them takes long, and meanwhile the writer cannot take a
// failed server out: it may spend a tenth of its time on that.
const fresh = time.Second

// counters are the kernel's counters as last read, and the questions that wait for
// the next reading.
type counters struct {
	services map[plan.ServiceKey]kernel.ServiceStats
	at       time.Time
	took     time.Duration // to read them
	asking   []func()
}

// recent says that no reading is needed yet.
func (c *counters) recent(now time.Time) bool { return now.Sub(c.at) < max(fresh, 10*c.took) }

// take takes in a reading that was asked for then; nil is one that failed. It
// answers the questions that wait.
func (c *counters) take(services map[plan.ServiceKey]kernel.ServiceStats, then, now time.Time) {
	if services != nil {
		c.services = services
	}
	c.at, c.took = now, now.Sub(then)
	for _, answer := range c.asking {
		answer()
	}
	c.asking = nil
}

// of gives the counters of a server.
func (c *counters) of(key plan.ServiceKey, end netip.AddrPort) kernel.DestinationStats {
	return c.services[key].Destinations[end]
}
