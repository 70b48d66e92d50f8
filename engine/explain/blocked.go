package explain

import (
	"slices"

	"holdfast/engine/code"
	"holdfast/engine/plan"
)

// BlockedBy is the code of what keeps this process or kernel from an operation of
// the plan, or "". Its sentence is "reason.CODE" in assets.
func (x *Explained) BlockedBy(operation int) string {
	ways := []string{code.NoNetAdmin, code.NoIPVS}
	switch x.Planned.Operations[operation].Verb {
	case plan.AddAddress, plan.DeleteAddress:
		ways = []string{code.NoNetAdmin, code.NoNetRaw} // without adverts nobody becomes master
	}
	for _, h := range x.Planned.Held {
		if h.Object == "" && slices.Contains(ways, h.Code) {
			return h.Code
		}
	}
	return ""
}

// Now is how many operations would be done here and now, and how many are held back.
func (x *Explained) Now() (done, blocked int) {
	for i := range x.Planned.Operations {
		if x.BlockedBy(i) != "" {
			blocked++
		}
	}
	return len(x.Planned.Operations) - blocked, blocked
}
