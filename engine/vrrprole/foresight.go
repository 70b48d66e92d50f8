package vrrprole

import (
	"holdfast/engine/code"
	"holdfast/engine/control"
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
	putOff(next, v.quiet.until(cfg.Global), func(key routerKey) bool { return v.routers[key].goesOn })
	spareOwn(v.around.links, next, v.ours)
	v.around.vips = virtualOf(next)
	answers := v.scripts.answersUnder(cfg, trackedBy(next), v.at)
	v.around.session = answersUnder(cfg, v.sessions)
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
	links := bare(v.around.links, v.ours)
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
		if own := OnlyVirtual(r.cfg, links[r.key.link], v.around.vips); own.IsValid() {
			held = append(held, control.Blocked{Object: r.cfg.Name, Code: code.OwnAddress, Args: map[string]string{"address": own.String(), "interface": r.key.link}})
		} else {
			held = append(held, heldBy(r, c)...)
			held = append(held, Deaf(r.cfg, links[r.key.link])...)
		}
		if c != r.state.Conditions || r.state.Role == vrrp.Init {
			step(t, i, vrrp.ConditionsChanged{Conditions: c})
		}
	})
	return append(p, v.foreseeSync(cfg, next)...), held
}

func eachRouter(teams []*team, do func(t *team, i int, r *router)) {
	for _, t := range teams {
		for i, r := range t.routers {
			do(t, i, r)
		}
	}
}
