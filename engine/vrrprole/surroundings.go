package vrrprole

import (
	"net/netip"
	"slices"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

// surroundings are what decides whether an instance can work, and how well.
type surroundings struct {
	links   map[string]kernel.Link
	made    madeLinks           // the macvlans among them that are ours
	vips    map[netip.Addr]bool // every address of every router
	unable  []string            // codes of what this process may not do
	lacking map[socketKey]bool  // sockets that could not be opened
	script  func(name string) vrrp.Answer
	process func(name string) vrrp.Answer
	file    func(name string) (vrrp.Answer, int64)
	session map[string]vrrp.Answer // of BFD
	up      func(kernel.Link) bool // what a link counts as
	standby standbys
}

// conditions are what the surroundings mean to an instance.
func (s surroundings) conditions(r *router) vrrp.Conditions {
	link, exists := s.links[r.cfg.Interface]
	source := s.sourceOf(r, link)
	c := r.core.Conditions(source, s.answer)
	c.Standby = s.standby.of(r.team)
	switch {
	case slices.Contains(s.unable, string(vrrp.NoNetRaw)):
		c.Fault = vrrp.NoNetRaw
	case slices.Contains(s.unable, string(vrrp.NoNetAdmin)):
		c.Fault = vrrp.NoNetAdmin
	case r.cfg.FaultNoPeer && !r.cfg.Unicast():
		c.Fault = vrrp.NoPeers
	case !exists:
		c.Fault, c.Object = vrrp.NoInterface, r.cfg.Interface
	case r.cfg.StrictMode.Val && r.cfg.Unicast() && !link.Alone:
		c.Fault = vrrp.StrictUnicast
	case !s.hasHome(r):
		c.Fault, c.Object = vrrp.NoInterface, r.key.link
		if _, taken := s.links[r.key.link]; taken {
			c.Fault = vrrp.LinkTaken
		}
	case c.Fault == vrrp.NoReason && s.lacking[r.socket()]:
		c.Fault = vrrp.NoSocket
	}
	return c
}

// hasHome says whether the link is there that holds the addresses of a router: a macvlan
// only where we made it.
func (s surroundings) hasHome(r *router) bool {
	_, there := s.links[r.key.link]
	return there && (r.key.link == r.cfg.Interface || s.made[r.key.link])
}

// answer is what is known of a tracked thing; of a file, the number in it, too.
func (s surroundings) answer(t vrrp.Track) (vrrp.Answer, int64) {
	switch t.Kind {
	case vrrp.ByScript:
		return s.script(t.Name), 0
	case vrrp.ByProcess:
		return s.process(t.Name), 0
	case vrrp.ByFile:
		return s.file(t.Name)
	case vrrp.ByBFD:
		return s.session[t.Name], 0
	}
	link, exists := s.links[t.Name]
	switch {
	case !exists:
		return vrrp.Missing, 0
	case s.up(link):
		return vrrp.Good, 0
	}
	return vrrp.Bad, 0
}

// sourceOf is the address a router speaks from: the configured one if it is on the
// interface, or for unicast anywhere on this host, else the interface's first that is
// not virtual. The owner of the addresses has perhaps no other.
func (s surroundings) sourceOf(r *router, link kernel.Link) netip.Addr {
	if want := r.cfg.SourceIP(); want.IsValid() && r.wire.Unicast {
		for _, other := range s.links {
			if slices.ContainsFunc(other.Addrs, func(p netip.Prefix) bool { return p.Addr() == want }) {
				return want
			}
		}
		return netip.Addr{}
	}
	return sourceOn(r, link, s.vips)
}

// sourceOn is sourceOf for an address of the interface.
func sourceOn(r *router, link kernel.Link, vips map[netip.Addr]bool) netip.Addr {
	var virtual netip.Addr
	for _, p := range link.Addrs {
		ip := p.Addr()
		switch {
		case ip.Is6() != r.wire.IPv6:
		case r.cfg.SourceIP().IsValid():
			if ip == r.cfg.SourceIP() {
				return ip
			}
		case r.wire.IPv6 && !ip.IsLinkLocalUnicast(): // RFC 9568, section 5.1.2.1
		case !vips[ip]:
			return ip
		case !virtual.IsValid():
			virtual = ip
		}
	}
	if r.core.Priority == vrrp.PriorityOwner {
		return virtual
	}
	return netip.Addr{}
}

// Deaf says that an instance hears no other router, because its interface belongs to a
// bridge or a bond: adverts to the group come up there. It goes on, as in keepalived.
func Deaf(in model.Instance, link kernel.Link) []control.Blocked {
	if link.Port == "" || in.Unicast() {
		return nil
	}
	return []control.Blocked{{Object: in.Name, Code: code.InterfaceIsPort, Args: map[string]string{"interface": link.Name, "kind": link.Port}}}
}

// heldBy is what of the conditions keeps an instance from working. What a script, a
// session, a process or a file says is no obstacle of this machine: it is meant to be so.
func heldBy(r *router, c vrrp.Conditions) []control.Blocked {
	switch c.Fault {
	case vrrp.NoReason, vrrp.ScriptFailed, vrrp.SessionDown, vrrp.ProcessMissing, vrrp.FileSays:
		return nil
	}
	h := control.Blocked{Object: r.cfg.Name, Code: string(c.Fault), Args: map[string]string{"interface": r.cfg.Interface}}
	if c.Object != "" {
		h.Args["interface"] = c.Object
	}
	return []control.Blocked{h}
}
