package changes

import (
	"context"
	"errors"
	"strconv"
	"sync"

	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/store"
	"holdfast/web/fault"
)

// Review is all an operator should see before a text is applied.
type Review struct {
	Text     string
	Hash     string
	Findings []model.Finding
	Failed   bool       // the findings keep it from being applied; nothing was planned
	Roles    []RolePlan // in the order in which they are written to
	Loss     Loss
	Diff     []DiffLine // from what runs to the text
	Running  Running
}

// RolePlan is what applying would do in one role.
type RolePlan struct {
	Role string
	control.Planned
	Err error // why there is no plan
}

// Ready says whether the text can be applied now.
func (r Review) Ready() bool {
	if r.Failed || len(r.Running.Away) > 0 {
		return false
	}
	for _, p := range r.Roles {
		if p.Err != nil {
			return false
		}
	}
	return true
}

// Same says whether the text runs already in both roles, so that there is nothing
// to apply.
func (r Review) Same() bool { return r.Running.runs(r.Hash) }

// Operations is how many kernel operations both roles would carry out.
func (r Review) Operations() int {
	n := 0
	for _, p := range r.Roles {
		n += len(p.Operations)
	}
	return n
}

// Loss counts what a text would take away from what runs.
type Loss struct {
	Services, OfServices   int
	Addresses, OfAddresses int
	Servers, OfServers     int
}

// Heavy says whether more than half of the services, addresses or real servers
// would go: that needs an explicit yes.
func (l Loss) Heavy() bool {
	return l.Services*2 > l.OfServices || l.Addresses*2 > l.OfAddresses || l.Servers*2 > l.OfServers
}

// lossOf compares two configurations by what they serve.
func lossOf(running, next model.Config) Loss {
	var l Loss
	l.Addresses, l.OfAddresses = missing(addresses(running), addresses(next))
	l.Services, l.OfServices = missing(services(running), services(next))
	l.Servers, l.OfServers = missing(servers(running), servers(next))
	return l
}

func addresses(c model.Config) map[string]bool {
	set := map[string]bool{}
	for _, in := range c.Instances {
		for _, a := range append(append([]model.Address{}, in.Addrs...), in.Excluded...) {
			set[a.Prefix.Addr().String()] = true
		}
	}
	return set
}

func services(c model.Config) map[string]bool {
	set := map[string]bool{}
	for _, v := range c.Virtuals {
		set[v.Name()] = true
	}
	return set
}

func servers(c model.Config) map[string]bool {
	set := map[string]bool{}
	for _, v := range c.Virtuals {
		for _, r := range v.Servers {
			set[v.Name()+"/"+r.Name()] = true
		}
	}
	return set
}

func missing(have, next map[string]bool) (gone, of int) {
	for name := range have {
		if !next[name] {
			gone++
		}
	}
	return gone, len(have)
}

// Review checks text and asks both roles for their plan. Within a moment it gives
// the same review again.
func (w *Workflow) Review(ctx context.Context, text string) Review {
	running, hash := w.Running(ctx), model.Hash([]byte(text))
	r, err := w.cache.review(ctx, keyOf(hash, running), func() Review { return w.review(ctx, text, hash, running) })
	if err != nil { // the client has gone
		r = Review{Text: text, Hash: hash, Failed: true}
	}
	r.Running = running // a text may have become a revision since
	return r
}

func (w *Workflow) review(ctx context.Context, text, hash string, running Running) Review {
	r := Review{Text: text, Hash: hash, Diff: Diff(running.Text, text)}
	next, findings := w.Check(text)
	r.Findings, r.Failed = findings, model.Failed(findings)
	now, _ := model.Parse(FileName, []byte(running.Text), model.Facts{Node: w.node})
	r.Loss = lossOf(model.Resolve(now), model.Resolve(next))
	if r.Failed {
		return r
	}
	r.Roles = make([]RolePlan, len(w.roles))
	var all sync.WaitGroup
	for i, role := range w.roles {
		if why, away := running.Away[role.name]; away {
			r.Roles[i] = RolePlan{Role: role.name, Err: role.named(errors.New(why))}
			continue
		}
		all.Go(func() {
			p, err := role.plan(ctx, text)
			r.Roles[i] = RolePlan{role.name, p, err}
		})
	}
	all.Wait()
	return r
}

// away is the fault of a role that does not answer.
func away(r Running) error {
	for name, why := range r.Away {
		return &fault.Error{Code: fault.RoleAway, Args: map[string]string{"Role": name}, Err: errors.New(why)}
	}
	return fault.New(fault.RoleAway, "Role", "")
}

func revisionName(r store.Revision) string { return strconv.FormatInt(r.Number, 10) }

// Sign is how an operation changes the kernel: "+" adds, "-" takes away, "~"
// edits in place.
func Sign(v plan.Verb) string {
	switch v {
	case plan.AddAddress, plan.AddService, plan.AddDestination, plan.AddLink,
		plan.AddRoute, plan.AddRule, plan.AddDrop, plan.StartDaemon:
		return "+"
	case plan.DeleteAddress, plan.DeleteService, plan.DeleteDestination, plan.DeleteLink,
		plan.DeleteRoute, plan.DeleteRule, plan.DeleteDrop, plan.StopDaemon:
		return "-"
	}
	return "~"
}
