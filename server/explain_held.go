package main

import (
	"slices"

	"holdfast/engine/plan"
)

// heldBack is the code of what keeps this process or kernel from an operation of
// the plan, or "".
func (x *explainer) heldBack(i int) string {
	ways := []string{"no-net-admin", "no-ipvs"}
	switch x.planned.Operations[i].Verb {
	case plan.AddAddress, plan.DeleteAddress:
		ways = []string{"no-net-admin", "no-net-raw"} // without adverts nobody becomes master
	}
	for _, h := range x.planned.Held {
		if h.Object == "" && slices.Contains(ways, h.Code) {
			return h.Code
		}
	}
	return ""
}

// does is an operation in the kernel's words, and what holds it back here.
func (x *explainer) does(i int) string {
	line := x.planned.Operations[i].String()
	if code := x.heldBack(i); code != "" {
		return x.Text("explain.held", map[string]string{"Why": x.Text("reason."+code, nil), "Line": line})
	}
	return line
}

// now is how many operations would be done here and now; the others are held back.
func (x *explainer) now() (done, held int) {
	for i := range x.planned.Operations {
		if x.heldBack(i) != "" {
			held++
		}
	}
	return len(x.planned.Operations) - held, held
}
