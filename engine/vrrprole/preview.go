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
	ours    []plan.Address // what the masters hold
	has     holdings
}

// routerSnapshot is a router as a plan sees it.
type routerSnapshot struct {
	role vrrp.Role
	held []control.Blocked
}

// snapshot copies what a plan has to know.
func (l *loop) snapshot() snapshot {
	v := snapshot{cfg: l.cfg, links: maps.Clone(l.links.byName), routers: map[routerKey]routerSnapshot{}, ours: l.mastered()}
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
// as they are. It is what the writer would carry out.
func (v snapshot) plan(cfg model.Config, next []*team) control.Planned {
	spareOwn(v.links, next, v.ours)
	p := append(plan.Plan{}, v.has.change(v.wishes(next)...)...)
	return control.Planned{
		Operations: p, Lines: p.Lines(), Held: append([]control.Blocked{}, v.foresee(next)...),
		Changes: model.Changes(v.cfg, cfg, model.VRRP),
	}
}

// wishes is what the masters among these teams are to hold; a team is known by its
// routers, and a router that is new holds nothing yet.
func (v snapshot) wishes(teams []*team) (list []wish) {
	known := map[routerKey]bool{}
	for _, t := range teams {
		for _, r := range t.routers {
			known[r.key] = true
			if v.routers[r.key].role == vrrp.Master {
				list = append(list, wish{r.key, r.addrs})
			}
		}
	}
	for key, r := range v.routers {
		if r.role == vrrp.Master && !known[key] {
			list = append(list, wish{router: key})
		}
	}
	return list
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
