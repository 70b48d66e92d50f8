package vrrprole

import (
	"maps"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/vrrp"
)

// snapshot is what a plan has to know of the loop: a copy, so that the planning
// can be done beside it.
type snapshot struct {
	cfg     model.Config // never changed in place, as all it points to
	links   map[string]kernel.Link
	routers map[routerKey]routerSnapshot
	have    []plan.Address // what the masters hold
}

// routerSnapshot is a router as a plan sees it.
type routerSnapshot struct {
	role vrrp.Role
	held []control.Blocked
}

// view copies what a plan has to know.
func (l *loop) view() snapshot {
	v := snapshot{cfg: l.cfg, links: maps.Clone(l.links), routers: map[routerKey]routerSnapshot{}, have: l.mastered()}
	for _, t := range l.teams {
		for _, r := range t.routers {
			v.routers[r.key] = routerSnapshot{r.state.Role, r.held}
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

// plan tells what applying cfg, of which next was made, would do with the states
// as they are.
func (v snapshot) plan(cfg model.Config, next []*team) control.Planned {
	spareOwn(v.links, next, v.have)
	have := plan.State{Addresses: v.have}
	p := plan.Diff(have.Normal(), v.wish(next))
	return control.Planned{
		Operations: p, Lines: p.Lines(), Held: append([]control.Blocked{}, v.foresee(next)...),
		Changes: model.Changes(v.cfg, cfg, model.VRRP),
	}
}

// wish is what the masters among these teams are to hold; a team is known by its
// routers, and a router that is new holds nothing yet.
func (v snapshot) wish(teams []*team) plan.State {
	var s plan.State
	for _, t := range teams {
		for _, r := range t.routers {
			if now, known := v.routers[r.key]; known && now.role == vrrp.Master {
				s.Addresses = append(s.Addresses, r.addrs...)
			}
		}
	}
	return s.Normal()
}

// foresee lists what would be held back under these teams.
func (v snapshot) foresee(teams []*team) []control.Blocked {
	var held []control.Blocked
	for _, t := range teams {
		for _, r := range t.routers {
			if now, known := v.routers[r.key]; known {
				held = append(held, now.held...)
			} else if v.links[r.key.link].Name == "" {
				held = append(held, control.Blocked{Object: r.cfg.Name, Code: string(vrrp.NoInterface),
					Args: map[string]string{"interface": r.key.link}})
			}
		}
	}
	return held
}
