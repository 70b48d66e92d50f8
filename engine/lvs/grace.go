package lvs

import (
	"slices"
	"time"
)

// Graced tells that the grace of a server that failed is over.
type Graced struct{ Server int }

// Ramped tells how much of its weight a server takes that came back a while ago: Share,
// in hundredths, as ShareAfter has it.
type Ramped struct {
	Server int
	Share  uint8
}

func (Graced) event() {}
func (Ramped) event() {}

// Grace is how long a server that fails stays in the table with weight 0, so that checks
// that fail for a moment cut no connection; 0: it does not.
func (v *Virtual) Grace() time.Duration { return v.Virtual.Grace.Val.Duration() }

// SlowStart is how long a server that comes back takes to get its whole weight; 0: none.
func (v *Virtual) SlowStart() time.Duration { return v.Virtual.SlowStart.Val.Duration() }

// rampSteps is in how many steps a server gets its weight.
const rampSteps = 10

// RampStep is the time between two of them.
func (v *Virtual) RampStep() time.Duration { return v.SlowStart() / rampSteps }

// ShareAfter is the share of its weight, in hundredths, that a server takes so long after it
// came back; 0 stands for all of it.
func (v *Virtual) ShareAfter(since time.Duration) uint8 {
	if v.SlowStart() == 0 || since >= v.SlowStart() {
		return 0
	}
	return 100 / rampSteps * uint8(1+max(0, since)*rampSteps/v.SlowStart())
}

// InForce is the weight that the kernel shall give server i: less than Weight while it
// starts slowly, but never nothing.
func (v *Virtual) InForce(s VirtualState, i int) int {
	w := v.Weight(s, i)
	if share := s.Servers[i].Share; share > 0 && w > 0 {
		return max(1, w*int(share)/100)
	}
	return w
}

// returns lets a server that was out take its first share.
func (v *Virtual) returns(s *ServerState) {
	s.Kept = false
	if s.Up() && s.Order.Mode == NoOrder {
		s.Share = v.ShareAfter(0)
	}
}

// fails lets a server that was up stay with weight 0 for its grace.
func (v *Virtual) fails(s *ServerState) {
	s.Share = 0
	s.Kept = v.Grace() > 0
}

// timed takes in Graced and Ramped.
func (v *Virtual) timed(s VirtualState, i int, change func(*ServerState)) (VirtualState, []Effect) {
	next := s.Servers[i]
	change(&next)
	if next.Kept == s.Servers[i].Kept && next.Share == s.Servers[i].Share {
		return s, nil
	}
	s.Servers = slices.Clone(s.Servers)
	s.Servers[i] = next
	return s, []Effect{Write{}}
}
