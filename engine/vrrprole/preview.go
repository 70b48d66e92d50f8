package vrrprole

import (
	"maps"
	"net/netip"
	"slices"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/register"
	"holdfast/engine/vrrp"
)

// snapshot is what a plan has to know of the loop: a copy, so that the planning
// can be done beside it.
type snapshot struct {
	at        time.Time
	cfg       model.Config // never changed in place, as all it points to
	around    surroundings // without those of the scripts
	scripts   *scripts
	sessions  map[sessionKey]bool
	routers   map[routerKey]routerSnapshot
	held      []plan.Address // what the masters hold
	static    []plan.Address // the static ones that are there by our doing
	has       holdings
	kernel    plan.State // its addresses
	quiet     quiet
	daemons   []plan.SyncDaemon
	processes *processes
	files     *files
	states    *linkStates
	macvlans
	links kernelLinks
	heard []register.Entry
}

// routerSnapshot is a router as a plan sees it.
type routerSnapshot struct {
	name   string
	link   string // that its adverts are heard on
	wire   vrrp.AdvertParams
	state  vrrp.State
	told   []netip.Addr // what its adverts are to tell of
	goesOn bool         // from before the start, or since the quiet time was over
}

// snapshot copies what a plan has to know.
func (l *loop) snapshot() snapshot {
	v := snapshot{
		at: time.Now(), cfg: l.cfg, scripts: l.scripts.clone(), processes: l.processes.clone(), files: l.files.clone(), states: l.states.clone(), sessions: l.sessions.good(), routers: map[routerKey]routerSnapshot{}, held: l.mastered(), static: l.static.Addresses, quiet: l.quiet,
		around: surroundings{links: maps.Clone(l.links.byName), made: maps.Clone(l.made), unable: l.unable, lacking: maps.Clone(l.sockets.lacking), standby: l.standby.clone()},
	}
	v.heard, _ = l.adverts.all(v.at)
	for _, t := range l.teams {
		for _, r := range t.routers {
			v.routers[r.key] = routerSnapshot{r.cfg.Name, r.socket().link, r.wire, r.state, r.told, r.core.NotBefore.IsZero()}
		}
	}
	return v
}

// mastered is what the masters hold, unsorted.
func (l *loop) mastered() (addrs []plan.Address) {
	for _, t := range l.teams {
		for _, r := range t.routers {
			if r.state.Role == vrrp.Master {
				addrs = append(addrs, r.addrs...)
			}
		}
	}
	return addrs
}

// plan tells what applying cfg would do with the states as they are. It is what the
// writer would carry out.
func (v snapshot) plan(cfg model.Config) control.Planned {
	placed, wish := place(cfg, v.ours, v.links.there)
	next := newTeams(placed)
	first := v.foreseeLinks(wish)
	p, held := v.foresee(cfg, next)
	p = slices.Concat(first, p, v.surplus(wish, v.links))
	return control.Planned{
		Operations: p, Lines: p.Lines(), Held: append(held, RefusedScopes(v.kernel, p)...),
		Warnings: warnings(next, func(key routerKey) ([]netip.Addr, bool) { now, known := v.routers[key]; return now.told, known }), Changes: model.Changes(v.cfg, cfg, model.VRRP), Forecast: v.forecast(next), Foretold: true,
	}
}

// changedLists is warnings for the routers that run.
func changedLists(running map[routerKey]*router, next []*team) []control.Blocked {
	return warnings(next, func(key routerKey) ([]netip.Addr, bool) {
		if r := running[key]; r != nil {
			return r.told, true
		}
		return nil, false
	})
}

// warnings tells of the routers whose adverts an older keepalived would not take until
// it has the same addresses; told is what the adverts of a running one are to tell of.
func warnings(teams []*team, told func(routerKey) (addrs []netip.Addr, known bool)) (list []control.Blocked) {
	for _, t := range teams {
		for _, r := range t.routers {
			if now, known := told(r.key); known && !sameAddresses(now, r.told) {
				list = append(list, control.Blocked{Object: r.cfg.Name, Code: code.AddressListChanges, Args: map[string]string{"object": r.cfg.Name}})
			}
		}
	}
	return list
}

func sameAddresses(a, b []netip.Addr) bool {
	set := func(list []netip.Addr) []netip.Addr {
		return slices.Compact(slices.SortedFunc(slices.Values(list), netip.Addr.Compare))
	}
	return slices.Equal(set(a), set(b))
}

// RefusedScopes tells of the addresses in a plan that a kernel with these addresses
// refuses, because their network has another scope.
func RefusedScopes(have plan.State, p plan.Plan) (held []control.Blocked) {
	for _, a := range have.Refused(p) {
		held = append(held, control.Blocked{Code: code.AddressScope, Args: map[string]string{"address": a.Prefix.String(), "interface": a.Link}})
	}
	return held
}

// OnlyVirtual gives the address of an instance that its link has, where the link has no
// IPv4 address that is not virtual: the instance has nothing to send from. The owner
// sends from a virtual one.
func OnlyVirtual(in model.Instance, link kernel.Link, virtual map[netip.Addr]bool) (only netip.Addr) {
	r := newRouter(in, model.Global{}, nil)
	if r.wire.Unicast && in.SourceIP().IsValid() || sourceOn(r, link, virtual).IsValid() {
		return netip.Addr{}
	}
	for _, p := range link.Addrs {
		if virtual[p.Addr()] && slices.Contains(r.wire.Held, p.Addr()) {
			return p.Addr()
		}
	}
	return netip.Addr{}
}

// Fault is what keeps an instance that starts now from working on these links, which
// are all of this host; made are the names of those that use_vmac makes, virtual are the addresses of all instances, and ours those that
// a master has put there. Its scripts count as well, a missing link as none of its own.
func Fault(in model.Instance, links []kernel.Link, made map[string]bool, virtual map[netip.Addr]bool, ours []plan.Address) []control.Blocked {
	s := surroundings{links: map[string]kernel.Link{}, made: made, vips: virtual, script: func(string) vrrp.Answer { return vrrp.Good }, session: map[string]vrrp.Answer{},
		process: func(string) vrrp.Answer { return vrrp.Good }, up: (&linkStates{}).up, file: func(string) (vrrp.Answer, int64) { return vrrp.Unknown, 0 }}
	for _, l := range links {
		s.links[l.Name] = l
	}
	s.links = bare(s.links, ours)
	r := newRouter(in, model.Global{}, nil)
	c := s.conditions(r)
	if c.Fault == vrrp.NoInterface {
		return nil
	}
	return heldBy(r, c)
}

// bare are links as they are without what masters have put there.
func bare(links map[string]kernel.Link, ours []plan.Address) map[string]kernel.Link {
	put := make(map[plan.AddressKey]bool, len(ours))
	for _, a := range ours {
		put[a.Key()] = true
	}
	list := make(map[string]kernel.Link, len(links))
	for name, link := range links {
		link.Addrs = slices.DeleteFunc(slices.Clone(link.Addrs), func(p netip.Prefix) bool { return put[plan.Address{Link: name, Prefix: p}.Key()] })
		list[name] = link
	}
	return list
}

// hasSource says whether a router has an address to send from that does not go with
// those of masters; bare are the links without these.
func (s surroundings) hasSource(r *router, bare map[string]kernel.Link) bool {
	if !r.cfg.SourceIP().IsValid() {
		s.links = bare
	}
	return s.sourceOf(r, s.links[r.cfg.Interface]).IsValid()
}

// wishes is what the masters among these teams are to hold; a team is known by its
// routers, and a router that is new holds nothing yet. bare are the links without what
// masters hold.
func (v snapshot) wishes(teams []*team, bare map[string]kernel.Link) (list []wish) {
	known := map[routerKey]bool{}
	for _, t := range teams {
		for _, r := range t.routers {
			known[r.key] = true
			switch {
			case v.routers[r.key].state.Role != vrrp.Master:
			case v.around.hasSource(r, bare):
				list = append(list, wish{r.key, r.things()})
			default:
				list = append(list, wish{router: r.key})
			}
		}
	}
	for key, r := range v.routers {
		if r.state.Role == vrrp.Master && !known[key] {
			list = append(list, wish{router: key})
		}
	}
	return list
}
