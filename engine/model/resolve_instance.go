package model

import "slices"

func resolveInstance(in *Instance, g *Global, weights map[string]Weight) {
	if strict(*in, *g) {
		beStrict(in)
	}
	in.Master, in.Priority = startingRole(*in)
	inherit(&in.Advert, readDefaults().instance.Advert.Val)
	resolveVersion(in, g)
	if !in.AuthType.Written || !in.Password.Written {
		in.AuthType, in.Password = Opt[string]{}, Opt[Secret]{}
	}
	if !inheritOpt(&in.McastGroup, g.McastGroup4) {
		in.McastGroup.Val = readDefaults().global.McastGroup4.Val
	}
	six := in.IPv6()
	in.Peers = slices.DeleteFunc(slices.Clone(in.Peers), func(p Peer) bool { return p.Addr.Is6() != six })
	if !in.UnicastTTL.Written && !six {
		in.UnicastTTL.Val = 255
	}
	in.Addrs = resolveAddresses(in.Addrs, in.Interface)
	in.Excluded = resolveAddresses(in.Excluded, in.Interface)
	if in.Master {
		// A master by configuration takes over at once or never.
		in.NoPreempt = false
	}
	if in.Master || in.NoPreempt {
		in.PreemptDelay.Val = 0
	}
	in.TrackInterfaces = slices.Clone(in.TrackInterfaces)
	in.TrackScripts = resolveTracks(in.TrackScripts, weights)
	in.Garp = inheritGarp(in.Garp, g.Garp)
	for _, c := range []*Command{&in.Notify.Master, &in.Notify.Backup, &in.Notify.Fault, &in.Notify.Stop,
		&in.Notify.General, &in.NotifyRxLower} {
		user(c, g)
	}
	inheritOpt(&in.HigherPrioAdvert, g.HigherPrioAdvert)
	inheritOpt(&in.SMTPAlert, g.SMTPAlertVRRP, g.SMTPAlert)
}

// startingRole gives the priority in force and whether the instance wishes to
// start as master: state MASTER alone makes it the owner of the addresses, and
// the owner always starts as master.
func startingRole(in Instance) (bool, Opt[uint8]) {
	p := in.Priority
	p.Val = in.priority()
	return in.Master || p.Val == ownerPriority, p
}

func resolveAddresses(addrs []Address, link string) []Address {
	addrs = slices.Clone(addrs)
	for i := range addrs {
		if addrs[i].Dev == "" {
			addrs[i].Dev = link
		}
	}
	return addrs
}

func resolveGarp(g *Garp) {
	*g = inheritGarp(*g, Garp{})
}

// inheritGarp takes what is not written from above, and what is written nowhere
// from keepalived's defaults. A repeat of 0 is 1.
func inheritGarp(g, above Garp) Garp {
	none := readDefaults().global.Garp
	if !inheritOpt(&g.MasterDelay, above.MasterDelay) {
		g.MasterDelay.Val = none.MasterDelay.Val
	}
	if !inheritOpt(&g.MasterRepeat, above.MasterRepeat) {
		g.MasterRepeat.Val = none.MasterRepeat.Val
	}
	g.MasterRepeat.Val = max(g.MasterRepeat.Val, 1)
	if !inheritOpt(&g.LowerPrioDelay, above.LowerPrioDelay) {
		g.LowerPrioDelay.Val = g.MasterDelay.Val
	}
	if !inheritOpt(&g.LowerPrioRepeat, above.LowerPrioRepeat) {
		g.LowerPrioRepeat.Val = g.MasterRepeat.Val
	}
	if !inheritOpt(&g.MasterRefresh, above.MasterRefresh) {
		g.MasterRefresh.Val = none.MasterRefresh.Val
	}
	if !inheritOpt(&g.MasterRefreshRepeat, above.MasterRefreshRepeat) {
		g.MasterRefreshRepeat.Val = none.MasterRefreshRepeat.Val
	}
	g.MasterRefreshRepeat.Val = max(g.MasterRefreshRepeat.Val, 1)
	return g
}
