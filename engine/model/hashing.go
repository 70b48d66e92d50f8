package model

import (
	"slices"

	"holdfast/engine/conf"
)

// fallbacks are the flags that have a hash look for another server where the one that it
// names takes no clients.
var fallbacks = []string{"sh-fallback", "mh-fallback", "flag-1"}

// TurnsAway says whether the scheduler gives clients to servers by a hash in which one of
// weight 0 keeps its share: the kernel turns those clients away. So do sh and mh without
// their flag for it, and dh, which has none (net/netfilter/ipvs, ip_vs_sh.c, ip_vs_mh.c
// and ip_vs_dh.c).
func (v *Virtual) TurnsAway() bool {
	switch v.Scheduler.Val {
	case "dh":
		return true
	case "sh", "mh":
		return !slices.ContainsFunc(v.SchedFlags, func(flag string) bool { return slices.Contains(fallbacks, flag) })
	}
	return false
}

// lintHash reports words that bring a server to weight 0 under a hash that then turns its
// clients away.
func (b *binder) lintHash(v *Virtual, n *conf.Node) {
	if !v.TurnsAway() {
		return
	}
	tell := func(word string, at conf.Span) {
		b.report(Warning, "hash-turns-away", at, "Word", word, "Scheduler", v.Scheduler.Val)
	}
	if v.Inhibit.Val {
		tell("inhibit_on_failure", b.spanOf(&v.Inhibit, n))
	}
	if v.Grace.Val > 0 {
		tell("failing_grace", b.spanOf(&v.Grace, n))
	}
	if v.SorryInhibit && v.Sorry.Written {
		tell("sorry_server_inhibit", b.spanOf(&v.SorryInhibit, n))
	}
	for _, p := range b.places[b.base:] {
		r, ok := p.field.(*Real)
		if !ok {
			continue
		}
		if r.Inhibit.Val && !v.Inhibit.Val {
			tell("inhibit_on_failure", b.spanOf(&r.Inhibit, p.n))
		}
		if r.Weight.Written && r.Weight.Val == 0 {
			tell("weight 0", b.spanOf(&r.Weight, p.n))
		}
	}
}
