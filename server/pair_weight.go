package main

import (
	"slices"
	"strconv"

	"holdfast/engine/model"
)

// powerless finds the trackers of a pair whose weight can never change the
// winner: with it down on the router of the higher priority, that router still
// has more than the other can have. What it gives are arguments of pair.powerless.
func powerless(one, other model.Config) []map[string]string {
	var found []map[string]string
	for _, a := range model.Resolve(one).Instances {
		for _, b := range model.Resolve(other).Instances {
			if a.VRID != b.VRID {
				continue
			}
			high, low := a, b
			if low.Priority.Val > high.Priority.Val {
				high, low = low, high
			}
			for _, t := range slices.Concat(high.TrackScripts, high.TrackInterfaces) {
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
					found = append(found, map[string]string{"Name": t.Name, "Instance": high.Name,
						"Left": strconv.Itoa(left), "Top": strconv.Itoa(top)})
				}
			}
		}
	}
	return found
}

// gain is what a tracker adds to an instance while it is well.
func gain(in model.Instance, name string) int {
	for _, t := range slices.Concat(in.TrackScripts, in.TrackInterfaces) {
		if t.Name == name {
			return max(0, t.Weight.Val.N)
		}
	}
	return 0
}
