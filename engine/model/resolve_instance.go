package model

import (
	"net/netip"
	"slices"
	"time"
)

// mcastGroup4 is the address of all VRRP routers (RFC 9568, 5.1.1.2).
var mcastGroup4 = netip.AddrFrom4([4]byte{224, 0, 0, 18})

const oneSecond = Seconds(time.Second)

// The gratuitous ARP of keepalived: five at once, five more five seconds later.
const (
	garpDelay  = Seconds(5 * time.Second)
	garpRepeat = 5
)

func resolveInstance(in *Instance, g *Global, weights map[string]Weight) {
	in.Master, in.Priority = startingRole(*in)
	inherit(&in.Advert, oneSecond)
	in.Advert.Val = wholeSeconds(in.Advert.Val)
	if !in.AuthType.Written || !in.Password.Written {
		in.AuthType, in.Password = Opt[string]{}, Opt[Secret]{}
	}
	if !inheritOpt(&in.McastGroup, g.McastGroup4) {
		in.McastGroup.Val = mcastGroup4
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
	inheritOpt(&in.SMTPAlert, g.SMTPAlertVRRP, g.SMTPAlert)
}

// startingRole gives the priority in force and whether the instance wishes to
// start as master: state MASTER alone makes it the owner of the addresses, and
// the owner always starts as master.
func startingRole(in Instance) (bool, Opt[uint8]) {
	p := in.Priority
	if !p.Written {
		p.Val = 100
		if in.Master {
			p.Val = 255
		}
	}
	return in.Master || p.Val == 255, p
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
	if !inheritOpt(&g.MasterDelay, above.MasterDelay) {
		g.MasterDelay.Val = garpDelay
	}
	if !inheritOpt(&g.MasterRepeat, above.MasterRepeat) {
		g.MasterRepeat.Val = garpRepeat
	}
	g.MasterRepeat.Val = max(g.MasterRepeat.Val, 1)
	if !inheritOpt(&g.LowerPrioDelay, above.LowerPrioDelay) {
		g.LowerPrioDelay.Val = g.MasterDelay.Val
	}
	if !inheritOpt(&g.LowerPrioRepeat, above.LowerPrioRepeat) {
		g.LowerPrioRepeat.Val = g.MasterRepeat.Val
	}
	if !inheritOpt(&g.MasterRefresh, above.MasterRefresh) {
		g.MasterRefresh.Val = 0
	}
	if !inheritOpt(&g.MasterRefreshRepeat, above.MasterRefreshRepeat) {
		g.MasterRefreshRepeat.Val = 1
	}
	g.MasterRefreshRepeat.Val = max(g.MasterRefreshRepeat.Val, 1)
	return g
}
