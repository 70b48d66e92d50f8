package lvs

import "slices"

// Mode is what an operator has done with a real server, whatever its checks say.
type Mode string

// The modes.
const (
	NoOrder  Mode = ""       // its checks decide alone
	Drain    Mode = "drain"  // weight 0: what it serves goes on, and nothing new comes
	Off      Mode = "off"    // it is out of the table, and what it served is cut
	Weighted Mode = "weight" // another weight than the configured one
)

// Order is what an operator wants of a real server. The zero Order wants nothing.
type Order struct {
	Mode   Mode
	Weight int // of Weighted
}

// weight is what an order makes of the weight of a server.
func (o Order) weight(w int) int {
	switch o.Mode {
	case Drain, Off:
		return 0
	case Weighted:
		return o.Weight
	}
	return w
}

// Ordered is an order for one server.
type Ordered struct {
	Server int
	Order  Order
}

func (Ordered) event() {}

// order takes in an order. What the checks have found out stays as it is, so that a
// server comes back as what it is by then.
func (v *Virtual) order(s VirtualState, ev Ordered) (VirtualState, []Effect) {
	if s.Servers[ev.Server].Order == ev.Order {
		return s, nil
	}
	s.Servers = slices.Clone(s.Servers)
	server := &s.Servers[ev.Server]
	out := server.Order.weight(1) == 0
	server.Order, server.Share = ev.Order, 0
	if out {
		v.returns(server)
	}
	s, quorum := v.weigh(s)
	return s, append([]Effect{Write{}}, quorum...)
}

// Until is when a server that drains is done.
type Until string

// The ends of a drain. Each asks for more than the one before it.
const (
	UntilActive     Until = "active"     // no connection is open
	UntilAll        Until = "all"        // none is being closed either, as the kernel counts it for two minutes
	UntilPersistent Until = "persistent" // and no client is bound to the server any more
)

// Remaining is what a server still has in the kernel.
type Remaining struct {
	Active, Inactive, Persistent uint64
}

// Over says whether nothing is left that a drain waits for.
func (r Remaining) Over(u Until) bool {
	switch u {
	case UntilPersistent:
		return r == Remaining{}
	case UntilAll:
		return r.Active == 0 && r.Inactive == 0
	}
	return r.Active == 0
}

// Left is how many are left of what a drain waits for.
func (r Remaining) Left(u Until) uint64 {
	switch u {
	case UntilPersistent:
		return r.Active + r.Inactive + r.Persistent
	case UntilAll:
		return r.Active + r.Inactive
	}
	return r.Active
}
