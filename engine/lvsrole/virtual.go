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
	key     plan.ServiceKey          // the first of keys
	keys    []plan.ServiceKey        // the services that it is in the kernel
	lacking map[plan.ServiceKey]bool // those of keys that the kernel has not
	fresh   bool                     // it has not begun yet
	since   time.Time                // when the quorum was reached or lost
	word    word
	servers []*server
	have    plan.Service // as the kernel has the first
	there   bool         // the kernel has all of them
	refused *control.Blocked
	wanted  []string      // the wish as lines; nil: to be made
	wish    *plan.Service // what the kernel shall have; nil: to be made
	largest *plan.Service // and with all that it can ever have; nil: to be made
}

// want is what the kernel shall have. Where that is all it can ever have, as it mostly
// is, both are in the same memory.
func (v *virtual) want() plan.Service {
	if v.wish == nil {
		w, whole := v.core.WantOf(v.state, v.key), v.whole()
		if slices.Equal(w.Destinations, whole.Destinations) {
			w.Destinations = whole.Destinations
		}
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

// server is a real server at run time.
type server struct {
	name   string
	since  time.Time // when it came up or went down
	reason string    // what made it so
	word   word
	checks []*check
	ramps  time.Time // when it began to start slowly
	order  order     // what an operator wants of it
	noting bool      // what became of its drain is being kept
	quiet  int       // how often in a row nothing was left that its drain waits for
}

// at is the place of a server by its name; -1: v does not have it.
func (v *virtual) at(name string) int {
	return slices.IndexFunc(v.servers, func(s *server) bool { return s.name == name })
}

// takeOrders notes what operators want of the servers of v.
func (v *virtual) takeOrders(o orders) {
	for _, s := range v.servers {
		s.order = o.of(v.name, s.name)
	}
}

// check is a check at run time. server and index say which one it is in the
// virtual server's present declaration; they change with an apply.
type check struct {
	key           schedule.Key
	virtual       *virtual
	server, index int
	identity      string
	name          string
	inFlight      bool // its probe is under way
	gone          bool // it is in the declaration no more
	begun         time.Time
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
	return c.virtual.name + "/" + c.virtual.servers[c.server].name + "/" + c.identity
}

// assignChecks gives v its servers and checks, and takes over those of old that
// stay. Each check is scheduled.
func (k *checks) assignChecks(v, old *virtual, before past, now time.Time) {
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
			s.since, s.reason, s.word, s.ramps = o.since, o.reason, o.word, o.ramps
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
			identity := model.Identity(m)
			c := checks[identity]
			if c == nil || c.virtual == v {
				c = k.newCheck(identity, m.Name())
			}
			c.virtual, c.server, c.index = v, i, j
			s.checks[j] = c
			if old == nil {
				before.restoreCheck(v.name, s.name, c)
			}
			k.schedule(c, now)
		}
	}
}
