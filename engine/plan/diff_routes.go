package plan

import (
	"cmp"
	"net/netip"
	"slices"
)

// diffRoutes gives what to do before the addresses are touched, then, and last. Routes
// whose source is an address that is swapped would go with it, and are put back.
func diffRoutes(have, want []Route, addresses Plan) (before, then, last Plan) {
	swapped := map[netip.Addr]bool{}
	for _, o := range addresses {
		if o.Verb == DeleteAddress {
			swapped[o.Address.Prefix.Addr()] = true
		}
	}
	var gone, came []Route
	merge(have, want, compareRoute, func(h, w *Route) {
		switch {
		case w == nil:
			gone = append(gone, *h)
		case h == nil:
			came = append(came, *w)
		case *h == *w && !swapped[h.Src]:
		case swapped[h.Src]:
			before = append(before, Op{Verb: DeleteRoute, Route: *h})
			came = append(came, *w)
		default:
			then = append(then, Op{Verb: DeleteRoute, Route: *h}, Op{Verb: AddRoute, Route: *w})
		}
	})
	alone := map[RouteKey]bool{} // where a route wants to be the only one
	for _, r := range came {
		if r.Place == Alone {
			alone[r.Slot()] = true
		}
	}
	for _, r := range gone {
		switch op := (Op{Verb: DeleteRoute, Route: r}); {
		case swapped[r.Src]:
			before = append(before, op)
		case alone[r.Slot()]:
			then = append(then, op)
		default:
			last = append(last, op)
		}
	}
	slices.SortStableFunc(came, func(a, b Route) int { return cmp.Compare(b.alone(), a.alone()) })
	for _, r := range came {
		then = append(then, Op{Verb: AddRoute, Route: r})
	}
	return before, then, last
}

// alone is 1 for a route that is refused where there is another: it comes first.
func (r Route) alone() int {
	if r.Place == Alone {
		return 1
	}
	return 0
}

// diffRules gives what to do first and last: a rule that changes is another one.
func diffRules(have, want []Rule) (early, late Plan) {
	merge(have, want, compareRule, func(h, w *Rule) {
		switch {
		case w == nil:
			late = append(late, Op{Verb: DeleteRule, Rule: *h})
		case h == nil:
			early = append(early, Op{Verb: AddRule, Rule: *w})
		}
	})
	return early, late
}
