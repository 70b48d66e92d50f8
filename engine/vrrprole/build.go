package vrrprole

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/vrrp"
)

// defaultGroup is where VRRP is spoken (RFC 3768, section 5.2.2).
var defaultGroup = netip.AddrFrom4([4]byte{224, 0, 0, 18})

// socket is the socket that a router speaks through.
func (k routerKey) socket() socketKey { return socketKey{k.link, k.group} }

// newRouter makes a router from its configuration. group is nil for an
// instance alone.
func newRouter(cfg model.Instance, global model.Global, group *model.Group) *router {
	mcast := cfg.McastGroup.Val
	if !mcast.IsValid() {
		mcast = global.McastGroup4.Val
	}
	if !mcast.IsValid() {
		mcast = defaultGroup
	}
	r := &router{
		key: routerKey{cfg.Interface, mcast, cfg.VRID}, cfg: cfg,
		refused: map[vrrp.Refusal]bool{}, untracked: map[plan.Address]bool{}, slot: -1,
	}
	advert := wholeSeconds(cfg.Advert.Val.Duration())
	r.core = vrrp.Instance{
		Priority: cfg.Priority.Val, Master: cfg.Master, Advert: advert,
		DownAdverts: cfg.DownTimerAdverts.Val,
		Garp: vrrp.Garp{
			Repeat: cfg.Garp.MasterRepeat.Val, Delay: cfg.Garp.MasterDelay.Val.Duration(),
			LowerRepeat: cfg.Garp.LowerPrioRepeat.Val, LowerDelay: cfg.Garp.LowerPrioDelay.Val.Duration(),
			Refresh: cfg.Garp.MasterRefresh.Val.Duration(), RefreshRepeat: cfg.Garp.MasterRefreshRepeat.Val,
		},
		Tracks: Tracks(cfg, group),
	}
	if !cfg.Master { // as keepalived: both make no sense for one that starts as master
		r.core.NoPreempt, r.core.PreemptDelay = cfg.NoPreempt, cfg.PreemptDelay.Val.Duration()
	}
	r.wire = vrrp.AdvertParams{VRID: cfg.VRID, Interval: advert}
	if cfg.AuthType.Val == "PASS" {
		r.wire.AuthType, r.wire.Auth = vrrp.AuthPass, vrrp.Auth(cfg.Password.Val.Reveal())
	}
	for _, a := range cfg.Addrs {
		r.keep(a)
		if ip := a.Prefix.Addr().Unmap(); ip.Is4() {
			r.told = append(r.told, ip)
		}
	}
	for _, a := range cfg.Excluded {
		r.keep(a)
	}
	r.fit(0)
	return r
}

// keep makes an address one that a master holds.
func (r *router) keep(a model.Address) {
	at := Address(a, r.cfg.Interface)
	r.addrs = append(r.addrs, at)
	if a.NoTrack {
		r.untracked[at] = true
	}
}

// wholeSeconds rounds to what version 2 can say on the wire: 1 to 255 s.
func wholeSeconds(d time.Duration) time.Duration {
	return min(max(d.Round(time.Second), time.Second), 255*time.Second)
}

// Tracks lists all that an instance depends on: its own interface, those of
// its addresses, and what it and its group track. In a sync group keepalived
// ignores weights: a member cannot lose the election alone.
func Tracks(cfg model.Instance, group *model.Group) []vrrp.Track {
	var tracks []vrrp.Track
	known := map[vrrp.Track]bool{}
	add := func(t vrrp.Track) {
		if !known[t] && (group == nil || t.Weight == 0) {
			known[t] = true
			tracks = append(tracks, t)
		}
	}
	if !cfg.DontTrackPrimary {
		add(vrrp.Track{Kind: vrrp.ByInterface, Name: cfg.Interface})
	}
	for _, a := range slices.Concat(cfg.Addrs, cfg.Excluded) {
		if dev := a.Dev; dev != "" && dev != cfg.Interface && !a.NoTrack {
			add(vrrp.Track{Kind: vrrp.ByInterface, Name: dev})
		}
	}
	lists := map[vrrp.Kind][]model.Track{vrrp.ByInterface: cfg.TrackInterfaces, vrrp.ByScript: cfg.TrackScripts}
	if group != nil {
		lists[vrrp.ByInterface] = append(append([]model.Track(nil), cfg.TrackInterfaces...), group.TrackInterfaces...)
		lists[vrrp.ByScript] = append(append([]model.Track(nil), cfg.TrackScripts...), group.TrackScripts...)
	}
	for _, kind := range []vrrp.Kind{vrrp.ByInterface, vrrp.ByScript} {
		for _, t := range lists[kind] {
			w := t.Weight.Val
			add(vrrp.Track{Kind: kind, Name: t.Name, Weight: min(max(w.N, -253), 253), Reverse: w.Reverse})
		}
	}
	return tracks
}

// Address is an address of the configuration in the kernel's words.
func Address(a model.Address, link string) plan.Address {
	if a.Dev != "" {
		link = a.Dev
	}
	p := plan.Address{Link: link, Prefix: a.Prefix, Label: a.Label, Scope: a.Scope.Val}
	if !a.Broadcast.Written || !a.Prefix.Addr().Is4() {
		return p
	}
	switch b := a.Broadcast.Val; {
	case b.Ones:
		p.Broadcast = hostBits(a.Prefix, ^uint32(0))
	case b.Zeros:
		p.Broadcast = hostBits(a.Prefix, 0)
	default:
		p.Broadcast = b.Addr
	}
	return p
}

// hostBits is the prefix with its host bits taken from bits.
func hostBits(p netip.Prefix, bits uint32) netip.Addr {
	net := p.Masked().Addr().As4()
	host := ^uint32(0) >> p.Bits()
	if p.Bits() == 32 {
		host = 0
	}
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(net[:])|bits&host)
	return netip.AddrFrom4(b)
}

// paceOf is how fast announcements may follow each other.
func paceOf(cfg model.Config) pace {
	p := pace{garp: cfg.Global.GarpInterval.Val.Duration(), gna: cfg.Global.GNAInterval.Val.Duration()}
	for _, g := range cfg.GarpGroups {
		p.groups = append(p.groups, paceGroup{g.GarpInterval.Val.Duration(), g.GNAInterval.Val.Duration(), g.Interfaces})
	}
	return p
}

// newTeams makes routers and teams from a configuration. As in keepalived an
// unknown member is passed over, an instance belongs to the first group that
// names it, and a group without members is none.
func newTeams(cfg model.Config) []*team {
	byName := map[string]model.Instance{}
	for _, in := range cfg.Instances {
		byName[in.Name] = in
	}
	var teams []*team
	grouped := map[string]bool{}
	for i := range cfg.Groups {
		g := &cfg.Groups[i]
		t := &team{group: g}
		for _, name := range g.Members {
			if in, ok := byName[name]; ok && !grouped[name] {
				grouped[name] = true
				t.add(newRouter(in, cfg.Global, g))
			}
		}
		if len(t.routers) > 0 {
			teams = append(teams, t)
		}
	}
	for _, in := range cfg.Instances {
		if !grouped[in.Name] {
			t := &team{}
			t.add(newRouter(in, cfg.Global, nil))
			teams = append(teams, t)
		}
	}
	return teams
}

// tracked says which scripts any instance depends on.
func tracked(teams []*team) map[string]bool {
	names := map[string]bool{}
	for _, t := range teams {
		for _, r := range t.routers {
			for _, track := range r.core.Tracks {
				if track.Kind == vrrp.ByScript {
					names[track.Name] = true
				}
			}
		}
	}
	return names
}

// add makes r the last member of the team.
func (t *team) add(r *router) {
	r.team, r.member = t, len(t.routers)
	t.routers = append(t.routers, r)
	t.core.Members = append(t.core.Members, r.core)
}
