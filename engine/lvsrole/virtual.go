package lvsrole

import (
	"slices"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/schedule"
)

// virtual is a virtual server at run time.
type virtual struct {
	core    lvs.Virtual
	state   lvs.VirtualState
	name    string
	key     plan.ServiceKey
	fresh   bool // it has not begun yet
	since   time.Time
	servers []*server
	have    plan.Service // as the kernel has it
	there   bool         // the kernel has it
	refused *control.Held
	wanted  []string // the wish as lines; nil: to be made
}

// server is a real server at run time.
type server struct {
	name   string
	since  time.Time
	reason string // what made it so
	checks []*check
}

// check is a check at run time. server and index say which one it is in the
// virtual server's present declaration; they change with an apply.
type check struct {
	key           schedule.Key
	virtual       *virtual
	server, index int
	identity      string
	name          string
	flying        bool // its probe is under way
	gone          bool // it is in the declaration no more
	begun         time.Time
	at            time.Time // of the last result
	took          time.Duration
	text          string
}

func (c *check) declared() *model.Check {
	return &c.virtual.core.Servers[c.server].Checks[c.index]
}

func (c *check) health() lvs.Health {
	return c.virtual.state.Servers[c.server].Checks[c.index]
}

// take makes cfg the running configuration. What stays keeps its state: from
// the present run, or from that of an earlier process.
func (l *loop) take(cfg model.Config, before past, now time.Time) {
	was, gone := l.byKey, l.virtuals
	l.cfg, l.probe = cfg, l.prober(cfg.Global)
	l.virtuals = make([]*virtual, 0, len(cfg.Virtuals))
	l.byKey = make(map[plan.ServiceKey]*virtual, len(cfg.Virtuals))
	for _, m := range cfg.Virtuals {
		core := lvs.Virtual{Virtual: m}
		if l.byKey[core.Key()] != nil {
			continue // declared twice: the kernel can have it but once
		}
		v := &virtual{core: core, name: m.Name(), key: core.Key(), since: now}
		old := was[v.key]
		if old != nil {
			v.state = lvs.Carry(old.core, old.state, core)
			v.since, v.have, v.there, v.refused = old.since, old.have, old.there, old.refused
		} else {
			v.state, v.fresh = before.restore(v)
		}
		l.staff(v, old, before, now)
		l.virtuals = append(l.virtuals, v)
		l.byKey[v.key] = v
	}
	for _, old := range was {
		for _, s := range old.servers {
			for _, c := range s.checks {
				l.drop(c)
			}
		}
	}
	for _, v := range gone {
		l.part(v, l.byKey[v.key], "removed", now)
	}
	l.followAddresses()
}

// part tells of the servers of v that were up and are not in what follows it,
// and of its quorum where nothing does. Their down scripts run, as keepalived
// runs them when a reload leaves them out, and with omega at the end.
func (l *loop) part(v, next *virtual, reason string, now time.Time) {
	for i, s := range v.servers {
		stays := next != nil && slices.ContainsFunc(next.servers, func(o *server) bool { return o.name == s.name })
		if v.state.Servers[i].Up() && !stays {
			l.tellServer(v, lvs.ServerChanged{Server: i}, reason, "", now)
		}
	}
	if v.state.Quorum && next == nil {
		l.tellQuorum(v, lvs.QuorumChanged{Quorum: v.core.Quorum(), Hysteresis: v.core.Hysteresis()}, reason, now)
	}
}

// staff gives v its servers and checks, and takes over those of old that stay.
func (l *loop) staff(v, old *virtual, before past, now time.Time) {
	kept := map[string]*server{}
	if old != nil {
		for i := len(old.servers) - 1; i >= 0; i-- {
			kept[old.servers[i].name] = old.servers[i]
		}
	}
	v.servers = make([]*server, len(v.core.Servers))
	for i, r := range v.core.Servers {
		s := &server{name: r.Name(), since: now}
		var checks map[string]*check
		if o := kept[s.name]; o != nil {
			delete(kept, s.name)
			s.since, s.reason = o.since, o.reason
			checks = make(map[string]*check, len(o.checks))
			for _, c := range o.checks {
				checks[c.identity] = c
			}
		} else if old == nil {
			before.restoreServer(v.name, s)
		}
		s.checks = make([]*check, len(r.Checks))
		v.servers[i] = s
		for j, m := range r.Checks {
			identity := lvs.Identity(m)
			c := checks[identity]
			if c == nil || c.virtual == v {
				c = l.hire(&check{identity: identity, name: m.Name()})
			}
			c.virtual, c.server, c.index = v, i, j
			s.checks[j] = c
			if old == nil {
				before.restoreCheck(v.name, s.name, c)
			}
			l.plant(c, now)
		}
	}
}

// hire gives a new check its key in the wheel.
func (l *loop) hire(c *check) *check {
	if n := len(l.free); n > 0 {
		c.key, l.free = l.free[n-1], l.free[:n-1]
		l.checks[c.key] = c
		return c
	}
	c.key = schedule.Key(len(l.checks))
	l.checks = append(l.checks, c)
	return c
}

// drop lets go of a check that did not move to a virtual server of now.
func (l *loop) drop(c *check) {
	if c.gone || l.byKey[c.virtual.key] == c.virtual {
		return
	}
	c.gone = true
	l.wheel.Remove(c.key)
	l.checks[c.key] = nil
	l.free = append(l.free, c.key)
}
