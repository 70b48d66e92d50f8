package model

import "holdfast/engine/conf"

// strictWords are the words of an instance that strict mode passes over or refuses. Whether
// the instance is strict is known when the whole text was read.
type strictWords struct {
	name    string
	mode    Opt[bool]
	version Opt[int]
	six     bool
	passed  []strictWord
	unicast *conf.Span // of the first peer
	global  *conf.Span // of an IPv6 address that comes first and is not link-local
}

// strictWord is one that is passed over; in is the version that it counts in, 0 for all.
type strictWord struct {
	word string
	in   int
	at   conf.Span
}

// lintStrict takes note of what strict mode does not allow, as keepalived has it.
func (b *binder) lintStrict(in *Instance, n *conf.Node) {
	s := strictWords{name: in.Name, mode: in.StrictMode, version: in.Version, six: in.IPv6()}
	pass := func(breaks bool, p any, word string, version int) {
		if breaks {
			s.passed = append(s.passed, strictWord{word, version, b.spanOf(p, n)})
		}
	}
	owner := in.priority() == ownerPriority
	_, stated := b.at(&in.Master)
	pass(stated && in.Master != owner, &in.Master, "state", 0)
	pass(in.AuthType.Written, &in.AuthType, "authentication", 0)
	pass(in.PreemptDelay.Val > 0 && !owner, &in.PreemptDelay, "preempt_delay", 0)
	pass(in.DownTimerAdverts.Written && in.DownTimerAdverts.Val != readDefaults().instance.DownTimerAdverts.Val, &in.DownTimerAdverts, "down_timer_adverts", 0)
	pass(in.Accept && !in.NoAccept && !owner, &in.Accept, "accept", version2)
	pass(in.Garp.LowerPrioRepeat.Val > 0, &in.Garp.LowerPrioRepeat, "garp_lower_prio_repeat", 0)
	pass(in.Garp.LowerPrioDelay.Val > 0, &in.Garp.LowerPrioDelay, "garp_lower_prio_delay", 0)
	pass(in.LowerPrioNoAdv.Written && !in.LowerPrioNoAdv.Val, &in.LowerPrioNoAdv, "lower_prio_no_advert", 0)
	pass(in.HigherPrioAdvert.Val, &in.HigherPrioAdvert, "higher_prio_send_advert", 0)
	pass(in.VMAC.Val.MAC != "", &in.VMAC, "use_vmac "+in.VMAC.Val.MAC, 0)
	pass(in.XmitBase && in.VMAC.Written, &in.XmitBase, "vmac_xmit_base", 0)
	pass(s.six && in.Version.Val == version2, &in.Version, "version", 0)
	if in.Unicast() {
		at := b.spanOf(&in.Peers[0], n)
		s.unicast = &at
	} else if s.six && len(in.Addrs) > 0 && !in.Addrs[0].Prefix.Addr().IsLinkLocalUnicast() {
		at := b.spanOf(&in.Addrs[0], n)
		s.global = &at
	}
	if len(s.passed) > 0 || s.unicast != nil || s.global != nil {
		b.names.strict = append(b.names.strict, s)
	}
}

// lintStrictMode reports what strict instances are not to have.
func (b *binder) lintStrictMode() {
	g := &b.cfg.Global
	for _, s := range b.names.strict {
		if !s.mode.Or(g.Strict) {
			continue
		}
		version := s.version.Or(g.Version.Or(version2))
		if s.six {
			version = version3
		}
		for _, w := range s.passed {
			if w.in == 0 || w.in == version {
				b.report(Warning, "strict-passes-over", w.at, "Name", s.name, "Word", w.word)
			}
		}
		if s.unicast != nil {
			b.report(Warning, "strict-unicast", *s.unicast, "Name", s.name)
		}
		if s.global != nil {
			b.report(Warning, "strict-link-local", *s.global, "Name", s.name)
		}
	}
}
