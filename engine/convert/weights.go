package convert

import (
	"slices"

	"holdfast/engine/model"
)

// Ineffective is a tracker of a pair whose weight can never change the winner: with
// it down on the router of the higher priority, Instance, that one still has Left,
// and the other at most Top. Its sentence is "pair.powerless" in assets.
type Ineffective struct {
	Name, Instance string
	Left, Top      int
}

// ineffectiveWeights finds the trackers of a pair that decide nothing.
func ineffectiveWeights(one, other model.Config) []Ineffective {
	var found []Ineffective
	for _, a := range model.Resolve(one).Instances {
		for _, b := range model.Resolve(other).Instances {
			if a.VRID != b.VRID {
				continue
			}
			high, low := a, b
			if low.Priority.Val > high.Priority.Val {
				high, low = low, high
			}
			for _, t := range slices.Concat(high.TrackScripts, high.TrackInterfaces, high.TrackBFDs) {
				left, top := int(high.Priority.Val), int(low.Priority.Val)
				switch weight := t.Weight.Val.N; {
				case weight == 0 || left == 255:
					continue
				case weight < 0:
					left += weight
				default:
					top += gain(low, t.Name)
				}
				if left > top {
					found = append(found, Ineffective{t.Name, high.Name, left, top})
				}
			}
		}
	}
	return found
}

// gain is what a tracker adds to an instance while it is well.
func gain(in model.Instance, name string) int {
	for _, t := range slices.Concat(in.TrackScripts, in.TrackInterfaces, in.TrackBFDs) {
		if t.Name == name {
			return max(0, t.Weight.Val.N)
		}
	}
	return 0
}
