package why

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/vrrp"
)

// Instance is one as it stands.
type Instance struct {
	Core    vrrp.Instance
	State   vrrp.State
	Tracks  []Tracked
	Other   Router // the master that it hears; of a master, the router that was heard last
	Grouped bool
}

// Router is another one as it was heard.
type Router struct {
	From     netip.Addr
	Priority uint8
}

// Tracked is a tracked thing with what is known of it.
type Tracked struct {
	vrrp.Track
	Answer vrrp.Answer
	Value  int64 // the number in a file
}

// Why is why an instance is in its role.
type Why struct {
	Code string // one of code.Whys
	Sum  string // such as "150 - 60 (chk) = 90"
	From netip.Addr
	Own  uint8 // effective priority
	Peer uint8 // of From
	In   time.Duration
	Ifs  []If
}

// If is what a tracked thing would change, if it failed now or came back.
type If struct {
	Kind     vrrp.Kind
	Name     string
	Fails    bool   // else it comes back
	Priority uint8  // that the instance would have; 0 is a fault
	Code     string // one of code.Ifs
	From     netip.Addr
	Peer     uint8
}

// Of tells why an instance is in its role at an instant.
func Of(in Instance, now time.Time) Why {
	w := Why{Code: in.code(now), Sum: in.sum(), Own: in.State.Priority, From: in.Other.From, Peer: in.Other.Priority}
	if s := in.State; s.Role == vrrp.Backup && s.Due.After(now) {
		w.In = s.Due.Sub(now)
		if s.Preempt.After(now) {
			w.In = s.Preempt.Sub(now)
		}
	}
	for _, t := range in.Tracks {
		if one, ok := in.without(t); ok {
			w.Ifs = append(w.Ifs, one)
		}
	}
	return w
}

// code is the sentence.
func (in Instance) code(now time.Time) string {
	s, known := in.State, in.Other.From.IsValid()
	standby := s.Conditions.Standby
	switch {
	case s.Role == vrrp.Master && standby.Asks():
		return code.WhyAsks
	case s.Role == vrrp.Master && standby.Lowest():
		return code.WhyKeeps
	case s.Role == vrrp.Backup && standby.Lowest():
		return code.WhyMaintenance
	case s.Role == vrrp.Backup && standby.Defers() && !s.Wants && in.Other.Priority < s.Priority:
		return code.WhyHandedOver
	case s.Role == vrrp.Master && in.Core.Priority == vrrp.PriorityOwner:
		return code.WhyOwner
	case s.Role == vrrp.Master && !known:
		return code.WhyAlone
	case s.Role == vrrp.Master && in.Other.Priority > s.Priority:
		return code.WhyUnheard
	case s.Role == vrrp.Master:
		return code.WhyBetter
	case s.Role == vrrp.Backup && s.Wants:
		return code.WhyGroup
	case s.Role == vrrp.Backup && !known:
		return code.WhyListens
	case s.Role == vrrp.Backup && in.Other.Priority > s.Priority:
		return code.WhyLower
	case s.Role == vrrp.Backup && in.Other.Priority == s.Priority:
		return code.WhyEqual
	case s.Role == vrrp.Backup && in.Core.NoPreempt:
		return code.WhyNoPreempt
	case s.Role == vrrp.Backup && s.Preempt.After(now):
		return code.WhyDelay
	case s.Role == vrrp.Backup:
		return code.WhySoon
	case s.Role == vrrp.Fault:
		return code.WhyFault
	}
	return code.WhyBegins
}

// sum is the priority as a sum; "" where nothing is added.
func (in Instance) sum() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d", in.Core.Priority)
	total, terms := int(in.Core.Priority), 0
	for _, t := range in.Tracks {
		if adds, _ := t.Means(t.Answer, t.Value); adds != 0 {
			sign := '+'
			if adds < 0 {
				sign = '-'
			}
			fmt.Fprintf(&b, " %c %d (%s)", sign, max(adds, -adds), t.Name)
			total, terms = total+adds, terms+1
		}
	}
	if terms > 0 {
		fmt.Fprintf(&b, " = %d", total)
	} else if !in.State.Conditions.Standby.Lowest() {
		return ""
	}
	if int(in.State.Priority) != total && in.State.Priority != 0 {
		fmt.Fprintf(&b, " -> %d", in.State.Priority) // kept within 1 and 254, or in maintenance
	}
	return b.String()
}
