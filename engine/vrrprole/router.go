package vrrprole

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/vrrp"
)

// multicastTTL is the hop limit of what goes to a group: a router that forwards it is
// found out (RFC 9568, section 5.1.1.3).
const multicastTTL = 255

// routerKey is the identity of a virtual router, by which it is known again after
// a change of configuration and by an earlier run's record. As with keepalived a router
// that goes from a group to peers is another one, and its peers may change. A change of
// the source moves nothing; keepalived resigns first.
type routerKey struct {
	link  string     // that of its addresses: with use_vmac one of its own
	group netip.Addr // 0.0.0.0 or :: for peers
	vrid  uint8
	name  string // for a second one like the first, which has other peers
	under string // the interface under a link of its own
}

// router is one virtual router: an instance with all that belongs to it.
type router struct {
	key   routerKey
	cfg   model.Instance
	core  vrrp.Instance
	wire  vrrp.AdvertParams
	addrs []plan.Address // what a master holds, in the order of the configuration

	routes []plan.Route
	rules  []plan.Rule
	drops  []plan.Drop // of addrs, where packets to them are not accepted

	untracked map[any]bool // those of addrs, routes and rules that others may take off: no_track

	state    vrrp.State
	sequence uint32       // of authentication headers, sent or heard
	stamp    vrrp.Stamp   // of the last advert that was signed
	marks    vrrp.Marks   // of the signed adverts that were heard
	sent     time.Time    // the last advert
	source   netip.Addr   // the last good source address: a resignation is sent from it
	told     []netip.Addr // what adverts are to tell of; wire.Addrs is what fits into one
	surplus  int          // how many do not fit, as told
	to       []netip.Addr // where adverts go: the group, or each peer
	beside   netip.Addr   // with peers: the group that its adverts would go to without
	header   kernel.Header
	payload  []byte // room for an advert
	slot     int    // in the record
	stats    control.VRRPStats
	refused  map[vrrp.Refusal]uint64 // adverts that were not taken
	held     []control.Blocked
	mute     map[netip.Addr]string // why the last advert to that place could not be sent
	own      []plan.Address        // those of its addresses that its links had without VRRP: not in addrs

	team   *team
	member int
}

// team is what moves together: the members of a sync group, or one instance
// alone (then group is nil).
type team struct {
	group   *model.Group
	core    vrrp.Group
	routers []*router
	since   time.Time
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
	tellApart(teams)
	return teams
}

// tellApart gives routers that differ in their peers alone different keys.
func tellApart(teams []*team) {
	known := map[routerKey]bool{}
	for _, t := range teams {
		for _, r := range t.routers {
			if known[r.key] {
				r.key.name = r.cfg.Name
			}
			known[r.key] = true
		}
	}
}

// virtualOf are the addresses of all routers.
func virtualOf(teams []*team) map[netip.Addr]bool {
	virtual := map[netip.Addr]bool{}
	for _, t := range teams {
		for _, r := range t.routers {
			for _, a := range r.addrs {
				virtual[a.Prefix.Addr()] = true
			}
		}
	}
	return virtual
}

// trackedBy are the things of a kind that any router depends on, by name.
func trackedBy(teams []*team, kind vrrp.Kind) map[string]bool {
	tracked := map[string]bool{}
	for _, t := range teams {
		for _, r := range t.routers {
			for _, track := range r.core.Tracks {
				if track.Kind == kind {
					tracked[track.Name] = true
				}
			}
		}
	}
	return tracked
}

// add makes r the last member of the team.
func (t *team) add(r *router) {
	r.team, r.member = t, len(t.routers)
	t.routers = append(t.routers, r)
	t.core.Members = append(t.core.Members, r.core)
}

// newRouter makes a router from its configuration. group is nil for an
// instance alone.
func newRouter(cfg model.Instance, global model.Global, group *model.Group) *router {
	r := &router{
		key: routerKey{link: home(cfg), vrid: cfg.VRID}, cfg: cfg,
		untracked: map[any]bool{}, slot: -1, mute: map[netip.Addr]string{},
	}
	if r.key.link != cfg.Interface {
		r.key.under = cfg.Interface
	}
	r.direct(global)
	version, advert := versionOf(cfg)
	r.core = vrrp.Instance{
		Version: version, Priority: cfg.Priority.Val, Master: cfg.Master, Advert: advert,
		DownAdverts: cfg.DownTimerAdverts.Val, LastAdvert: cfg.HigherPrioAdvert.Val, NoAnswer: cfg.LowerPrioNoAdv.Val, Ignores: cfg.OwnerIgnores.Val,
		Garp: vrrp.Garp{
			Repeat: cfg.Garp.MasterRepeat.Val, Delay: cfg.Garp.MasterDelay.Val.Duration(),
			LowerRepeat: cfg.Garp.LowerPrioRepeat.Val, LowerDelay: cfg.Garp.LowerPrioDelay.Val.Duration(),
			Refresh: cfg.Garp.MasterRefresh.Val.Duration(), RefreshRepeat: cfg.Garp.MasterRefreshRepeat.Val,
		},
		Elsewhere: cfg.GarpElsewhere.Val.Delay.Duration(),
		Tracks:    Tracks(cfg, group),
	}
	if !cfg.Master { // as keepalived: both make no sense for one that starts as master
		r.core.NoPreempt, r.core.PreemptDelay = cfg.NoPreempt, cfg.PreemptDelay.Val.Duration()
	}
	r.wire = vrrp.AdvertParams{Version: version, IPv6: cfg.IPv6(), VRID: cfg.VRID, Interval: advert,
		Unicast: cfg.Unicast(), Peers: r.heardPeers(global), Unlisted: cfg.SkipCheckAddr || global.SkipCheckAddr,
		OldSum: cfg.OldChecksum.Written && cfg.OldChecksum.Val == "", NoOldSum: cfg.OldChecksum.Val == "never", PlainSum: cfg.PlainChecksum.Val}
	if kind := authTypes[cfg.AuthType.Val]; kind != vrrp.AuthNone && !r.wire.IPv6 {
		r.wire.AuthType, r.wire.Auth = kind, vrrp.Auth(cfg.Password.Val.Reveal())
	}
	r.wire.Signing = signingOf(cfg.HMAC)
	for _, a := range cfg.Addrs {
		r.keep(a, global)
		if ip := a.Prefix.Addr().Unmap(); ip.Is6() == r.wire.IPv6 {
			r.told = append(r.told, ip)
		}
	}
	for _, a := range cfg.Excluded {
		r.keep(a, global)
	}
	for _, route := range cfg.Routes {
		r.keepRoute(route)
	}
	for _, rule := range cfg.Rules {
		r.keepRule(rule)
	}
	for _, a := range r.addrs {
		r.wire.Held = append(r.wire.Held, a.Prefix.Addr().Unmap())
	}
	r.fit(0)
	return r
}

// authTypes are what the words of auth_type are on the wire.
var authTypes = map[string]uint8{"PASS": vrrp.AuthPass, "AH": vrrp.AuthAH}

// direct says where the adverts of a router go: to its peers, or to the group.
func (r *router) direct(global model.Global) {
	if !r.cfg.Unicast() {
		r.key.group = groupOf(r.cfg, global)
		r.to, r.header.TTL = []netip.Addr{r.key.group}, multicastTTL
		return
	}
	r.beside = groupOf(r.cfg, global)
	r.key.group = netip.IPv4Unspecified()
	if r.cfg.IPv6() {
		r.key.group = netip.IPv6Unspecified()
	}
	r.header.TTL = kernel.DefaultTTL // of IPv6, where none is written, as with keepalived
	if ttl := r.cfg.UnicastTTL; ttl.Written || !r.cfg.IPv6() {
		r.header.TTL = int(ttl.Val)
	}
	for _, p := range r.cfg.Peers {
		r.to = append(r.to, p.Addr)
	}
}

// groupOf is the multicast group of an instance.
func groupOf(cfg model.Instance, global model.Global) netip.Addr {
	switch {
	case cfg.IPv6() && global.McastGroup6.Val.IsValid():
		return global.McastGroup6.Val
	case cfg.IPv6():
		return vrrp.Group6
	case cfg.McastGroup.Val.IsValid():
		return cfg.McastGroup.Val
	case global.McastGroup4.Val.IsValid():
		return global.McastGroup4.Val
	}
	return vrrp.Group4
}

// heardPeers are those whose adverts count, nil where everybody's do.
func (r *router) heardPeers(global model.Global) map[netip.Addr]vrrp.TTL {
	if !r.cfg.Unicast() || !r.cfg.CheckedSource(&global) {
		return nil
	}
	peers := map[netip.Addr]vrrp.TTL{}
	for _, p := range r.cfg.Peers {
		peers[p.Addr] = vrrp.TTL{Least: p.MinTTL.Or(0), Most: p.MaxTTL.Or(255)}
	}
	return peers
}

// keep makes an address one that a master holds.
func (r *router) keep(a model.Address, global model.Global) {
	at := Address(a, home(r.cfg))
	r.addrs = append(r.addrs, at)
	if r.cfg.NoAccept {
		r.drops = append(r.drops, Drop(at, global))
	}
	if a.NoTrack {
		r.untracked[at] = true
	}
}

// versionOf is the version that an instance speaks, and how often. Version 2 can say 1
// to 255 s on the wire.
func versionOf(cfg model.Instance) (uint8, time.Duration) {
	every := cfg.Advert.Val.Duration()
	if uint8(cfg.Version.Val) == vrrp.Version3 {
		return vrrp.Version3, every
	}
	return vrrp.Version2, min(max(every.Round(time.Second), time.Second), 255*time.Second)
}

// Tracks lists all that an instance depends on: its own interface, those of
// its addresses, routes, rules and track groups, and what it and its group track. In a
// sync group keepalived ignores weights, but with sync_group_tracking_weight: a member
// cannot lose the election alone.
func Tracks(cfg model.Instance, group *model.Group) []vrrp.Track {
	var tracks []vrrp.Track
	known := map[vrrp.Track]bool{}
	add := func(t vrrp.Track) {
		if !known[t] && (group == nil || t.Weight == 0 || group.Weights) {
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
	for _, dev := range linksOf(cfg) {
		if dev != cfg.Interface {
			add(vrrp.Track{Kind: vrrp.ByInterface, Name: dev})
		}
	}
	lists := map[vrrp.Kind][]model.Track{vrrp.ByInterface: cfg.TrackInterfaces, vrrp.ByScript: cfg.TrackScripts,
		vrrp.ByProcess: cfg.TrackProcesses, vrrp.ByFile: cfg.TrackFiles, vrrp.ByBFD: cfg.TrackBFDs}
	if group != nil {
		for kind, more := range map[vrrp.Kind][]model.Track{vrrp.ByInterface: group.TrackInterfaces, vrrp.ByScript: group.TrackScripts,
			vrrp.ByProcess: group.TrackProcesses, vrrp.ByFile: group.TrackFiles, vrrp.ByBFD: group.TrackBFDs} {
			lists[kind] = slices.Concat(lists[kind], more)
		}
	}
	for _, kind := range []vrrp.Kind{vrrp.ByInterface, vrrp.ByScript, vrrp.ByBFD, vrrp.ByProcess, vrrp.ByFile} {
		for _, t := range lists[kind] {
			w := t.Weight.Val
			if kind == vrrp.ByFile && w.N != 0 && cfg.Priority.Val == vrrp.PriorityOwner {
				continue // its priority is fixed, and no number makes a fault of it
			}
			add(vrrp.Track{Kind: kind, Name: t.Name, Weight: min(max(w.N, -least(kind)), least(kind)), Reverse: w.Reverse})
		}
	}
	return tracks
}

// least is the largest weight that counts of a kind.
func least(kind vrrp.Kind) int {
	if kind == vrrp.ByFile {
		return 1<<31 - 1
	}
	return 253
}

// Address is an address of the configuration in the kernel's words.
func Address(a model.Address, link string) plan.Address {
	if a.Dev != "" {
		link = a.Dev
	}
	p := plan.Address{Link: link, Prefix: a.Prefix, Label: a.Label, Scope: a.Scope.Val, Peer: a.Peer, Detect: a.Detect, Preferred: a.Preferred}
	for _, f := range plan.AddressFlags {
		if slices.Contains(strings.Fields(a.Flags), f.Word) {
			p.Flags |= f.Flag
		}
	}
	if a.Peer.IsValid() { // as by keepalived: the link has these two ends, and no broadcast
		p.Prefix = netip.PrefixFrom(a.Prefix.Addr(), a.Prefix.Addr().BitLen())
		return p
	}
	if !a.Broadcast.Written || !a.Prefix.Addr().Is4() {
		return p
	}
	switch b := a.Broadcast.Val; {
	case (b.Ones || b.Zeros) && a.Prefix.Bits() > 30: // a network that small has none
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

// fit takes the addresses into the advert that there is room for on a link of
// this MTU. As with keepalived the rest is held like the excluded ones.
func (r *router) fit(mtu int) {
	r.wire.Addrs = r.told[:min(len(r.told), r.wire.MaxAddresses(mtu))]
}

// holds says whether a master would miss the address.
func (r *router) holds(link string, p netip.Prefix) bool {
	return slices.ContainsFunc(r.addrs, func(a plan.Address) bool {
		return a.Link == link && a.Prefix == p && !r.untracked[a]
	})
}
