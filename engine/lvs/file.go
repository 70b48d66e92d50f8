package lvs

import (
	"math"
	"slices"

	"holdfast/engine/model"
)

// FileSays is what the number in a file means to a server of a configured weight, as
// with keepalived: times its factor it is added to the weight, and the smallest number
// of 32 bits is a fault; without a factor any number but 0 is one.
func FileSays(value int64, factor model.Weight, configured int) Result {
	if factor.N == 0 {
		return Result{Up: (value != 0) == factor.Reverse}
	}
	n := value * int64(factor.N) // of 32 bits each
	if factor.Reverse {
		n = -n
	}
	if n <= math.MinInt32 {
		return Result{}
	}
	return Result{Up: true, Weight: model.Some(configured + int(min(n, math.MaxInt32)))}
}

// Number has the checks that follow files, and of which nothing is known yet, begin with
// what their files hold.
func (v *Virtual) Number(s VirtualState, holds func(file string) int64) VirtualState {
	copied := false
	for i := range v.Servers {
		for j := range v.Servers[i].Checks {
			c := &v.Servers[i].Checks[j]
			if c.Kind != model.FileCheck || s.Servers[i].Checks[j].Known {
				continue
			}
			if !copied {
				s.Servers, copied = slices.Clone(s.Servers), true
			}
			checks := slices.Clone(s.Servers[i].Checks)
			checks[j], _ = checks[j].Observe(FileSays(holds(c.TrackFile.Val), c.FileWeight.Val, v.Servers[i].Weight.Val), PolicyOf(c))
			s.Servers[i].Checks = checks
		}
	}
	return s
}
