package lvsrole

import (
	"net/netip"
	"slices"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// virtual is a virtual server at run time.
type virtual struct {
	core    lvs.Virtual
	state   lvs.VirtualState
	name    string
	key     plan.ServiceKey          // the first of keys
	keys    []plan.ServiceKey        // the services that it is in the kernel
	lacking map[plan.ServiceKey]bool // those of keys that the kernel has not
	fresh   bool                     // it has not begun yet
	since   time.Time                // when the quorum was reached or lost
	word    word
	servers []server     // in the order of the declaration
	have    plan.Service // as the kernel has the first
	there   bool         // the kernel has all of them
	refused *control.Blocked
	wanted  []string      // the wish as lines; nil: to be made
	wish    *plan.Service // what the kernel shall have; nil: to be made
	largest *plan.Service // and with all that it can ever have; nil: to be made
}

// want is what the kernel shall have. Mostly that is all it can ever have, and both are
// in the same memory.
func (v *virtual) want() plan.Service {
	if v.core.Full(v.state) {
		return v.whole()
	}
	if v.wish == nil {
		w := v.core.WantOf(v.state, v.key)
		v.wish = &w
	}
	return *v.wish
}

// whole is the service with every destination it can ever have.
func (v *virtual) whole() plan.Service {
	if v.largest == nil {
		w := v.core.WholeOf(v.key)
		v.largest = &w
	}
	return *v.largest
}

// wantOf and wholeOf are want and whole under one key. Those of the first stay in memory,
// and most virtual servers have no others.
func (v *virtual) wantOf(key plan.ServiceKey) plan.Service {
	if key == v.key {
		return v.want()
	}
	return v.core.WantOf(v.state, key)
}

func (v *virtual) wholeOf(key plan.ServiceKey) plan.Service {
	if key == v.key {
		return v.whole()
	}
	return v.core.WholeOf(key)
}

// serverName is how server i is called.
func (v *virtual) serverName(i int) string { return v.core.Servers[i].Name() }

// endOf tells the servers of a virtual server apart, as their names do.
func endOf(r *model.Real) netip.AddrPort { return netip.AddrPortFrom(r.Addr, r.Port) }

// has says whether v, if there is one, has the server r.
func (v *virtual) has(r *model.Real) bool {
	return v != nil && slices.ContainsFunc(v.core.Servers, func(s model.Real) bool { return endOf(&s) == endOf(r) })
}

// server is a real server at run time.
type server struct {
	since  time.Time // when it came up or went down
	reason string    // what made it so
	word   word
	checks []*check
	order  *order // what an operator wants of it; nil: nothing
	noting bool   // what became of its drain is being kept
	quiet  uint8  // how often in a row nothing was left that its drain waits for
}

// ordered is what an operator wants of a server; its zero value is nothing.
func (s *server) ordered() order {
	if s.order == nil {
		return order{}
	}
	return *s.order
}

// at is the place of a server by its name; -1: v does not have it.
func (v *virtual) at(name string) int {
	return slices.IndexFunc(v.core.Servers, func(r model.Real) bool { return r.Name() == name })
}

// takeOrders notes what operators want of the servers of v.
func (v *virtual) takeOrders(o orders) {
	some := len(o[v.name]) > 0
	for i := range v.servers {
		s := &v.servers[i]
		if s.order = nil; some {
			one := o.of(v.name, v.serverName(i))
			s.order = &one
		}
	}
}

// check is a check at run time. server and index say which one it is in the
// virtual server's present declaration; they change with an apply.
type check struct {
	shared        *shared // its probe
	virtual       *virtual
	server, index int
	identity      string
	name          string
	next          time.Time // when it is due; while its probe is in flight, when it was
	at            time.Time // of the last result
	took          time.Duration
	text          string
	unasked       bool   // its program cannot be run, and counts as good
	notRun        string // why its program could not be run; "": it could, or it has none
}

func (c *check) declared() *model.Check {
	return &c.virtual.core.Servers[c.server].Checks[c.index]
}

func (c *check) health() lvs.Health {
	return c.virtual.state.Servers[c.server].Checks[c.index]
}

// place names the check among all checks.
func (c *check) place() string {
	return c.virtual.name + "/" + c.virtual.serverName(c.server) + "/" + c.identity
}

// assignChecks gives v its servers and checks, and takes over those of old that
// stay. Each check is scheduled.
func (k *checks) assignChecks(v, old *virtual, before past, now time.Time) {
	var kept map[netip.AddrPort]*server
	if old != nil {
		kept = make(map[netip.AddrPort]*server, len(old.servers))
		for i := len(old.servers) - 1; i >= 0; i-- {
			kept[endOf(&old.core.Servers[i])] = &old.servers[i]
		}
	}
	v.servers = make([]server, len(v.core.Servers))
	for i := range v.core.Servers {
		r, s := &v.core.Servers[i], &v.servers[i]
		s.since = now
		var checks map[string]*check
		if o := kept[endOf(r)]; o != nil {
			delete(kept, endOf(r))
			s.since, s.reason, s.word, s.noting, s.quiet = o.since, o.reason, o.word, o.noting, o.quiet
			checks = make(map[string]*check, len(o.checks))
			for _, c := range o.checks {
				checks[c.identity] = c
			}
		} else if old == nil {
			before.restoreServer(v, i)
		}
		if len(r.Checks) > 0 {
			s.checks = make([]*check, len(r.Checks))
		}
		for j, m := range r.Checks {
			identity := model.Identity(m)
			c := checks[identity]
			if c == nil || c.virtual == v {
				c = &check{identity: identity, name: m.Name()}
			}
			c.virtual, c.server, c.index = v, i, j
			s.checks[j] = c
			k.join(c)
			if old == nil {
				before.restoreCheck(v, i, c)
			}
			k.schedule(c, now)
		}
	}
}
