package vrrprole

import (
	"slices"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/vrrp"
)

// foresee does on copies what an apply does, in its order, and gives what that means
// for the kernel and what would be held back. The addresses that masters are to hold
// come first; then each router meets its new configuration and its surroundings: one
// that tracks a link that is down releases its addresses again, the owner that is new
// puts its own on.
func (v snapshot) foresee(cfg model.Config, next []*team) (p plan.Plan, held []control.Blocked) {
	spareOwn(v.around.links, next, v.held)
	putOff(next, v.quiet.until(cfg.Global), func(key routerKey) bool { return v.routers[key].goesOn })
	v.around.vips = virtualOf(next)
	answers := v.scripts.answersUnder(cfg, trackedBy(next, vrrp.ByScript), v.at)
	counted, values := v.processes.answersUnder(cfg), files{byName: v.files.valuesUnder(cfg)}
	v.around.session = answersUnder(cfg, v.sessions)
	v.around.file = values.value
	v.states.change(cfg, polledBy(cfg, next))
	v.states.observe(v.at, v.around.links, boundOf(next))
	v.around.up = v.states.up
	v.around.process = func(name string) vrrp.Answer {
		if a, known := counted[name]; known {
			return a
		}
		return vrrp.Absent
	}
	v.around.script = func(name string) vrrp.Answer {
		if a, runs := answers[name]; runs {
			return a
		}
		return vrrp.Absent
	}
	p, held = plan.Plan{}, []control.Blocked{}
	hold := func(wishes ...wish) {
		more := v.has.change(wishes...)
		p = append(p, more...)
		v.has.carried(more)
	}
	links := bare(v.around.links, v.held)
	hold(append(v.wishes(next, links), wish{staticKey, spareStatic(v.around.links, Static(cfg), v.static)})...)
	step := func(t *team, i int, ev vrrp.Event) {
		for _, e := range t.step(i, ev, v.at) {
			switch e.Do {
			case vrrp.AddAddresses:
				hold(wish{t.routers[e.Member].key, t.routers[e.Member].things()})
			case vrrp.RemoveAddresses:
				hold(wish{router: t.routers[e.Member].key})
			}
		}
	}
	eachRouter(next, func(_ *team, _ int, r *router) { r.state = v.routers[r.key].state })
	eachRouter(next, func(t *team, i int, r *router) {
		if r.state.Role != vrrp.Init {
			step(t, i, vrrp.Reconfigured{})
		}
	})
	eachRouter(next, func(t *team, i int, r *router) {
		c := v.around.conditions(r)
		if own := OnlyVirtual(r.cfg, links[r.cfg.Interface], v.around.vips); own.IsValid() {
			held = append(held, control.Blocked{Object: r.cfg.Name, Code: code.OwnAddress, Args: map[string]string{"address": own.String(), "interface": r.cfg.Interface}})
		} else {
			held = append(held, heldBy(r, c)...)
			held = append(held, Limited(r.cfg, links[r.cfg.Interface])...)
		}
		if c != r.state.Conditions || r.state.Role == vrrp.Init {
			step(t, i, vrrp.ConditionsChanged{Conditions: c})
		}
	})
	return append(p, v.foreseeSync(cfg, next)...), held
}

// foreseeLinks is what is done about links before all else; the surroundings are those
// behind it.
func (v *snapshot) foreseeLinks(w linkWish) plan.Plan {
	p, former := v.missing(w, v.links)
	v.remember(former)
	v.carried(p)
	v.around.made = v.madeFor(w)
	for _, o := range p {
		if o.Verb == plan.AddLink {
			link := v.around.links[o.Link.Parent]
			link.Name, link.Index, link.MAC, link.Addrs = o.Link.Name, 0, o.Link.MAC[:], nil
			v.around.links[link.Name] = link
			parent, _ := v.links.named(o.Link.Parent)
			v.links.there = append(slices.Clip(v.links.there), kernel.Link{Name: o.Link.Name, MAC: o.Link.MAC[:],
				Kind: kernel.MacvlanKind, Private: true, Parent: parent.Index, MTU: parent.MTU})
		}
	}
	return p
}

func eachRouter(teams []*team, do func(t *team, i int, r *router)) {
	for _, t := range teams {
		for i, r := range t.routers {
			do(t, i, r)
		}
	}
}
