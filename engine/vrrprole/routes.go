package vrrprole

import (
	"slices"

	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// things is what a master holds.
func (r *router) things() plan.State {
	return plan.State{Addresses: r.addrs, Routes: r.routes, Rules: r.rules, Drops: r.drops}
}

// keepRoute makes a route one that a master holds. One that is not acted on, or whose
// words Parse has taken and nobody can read, is none.
func (r *router) keepRoute(route model.Route) {
	if at, ok := Route(route); ok {
		r.routes = append(r.routes, at)
		if route.NoTrack {
			r.untracked[at] = true
		}
	}
}

// keepRule makes a rule one that a master holds.
func (r *router) keepRule(rule model.Rule) {
	if at, ok := Rule(rule); ok {
		r.rules = append(r.rules, at)
		if rule.NoTrack {
			r.untracked[at] = true
		}
	}
}

// Route is a route of the configuration in the kernel's words; false is that it is not
// acted on.
func Route(r model.Route) (plan.Route, bool) {
	if r.Words == "" {
		return plan.Route{}, false
	}
	at, err := plan.ParseRoute(r.Words)
	return at, err == nil
}

// Rule is a rule of the configuration in the kernel's words. One that nobody has to
// follow bears no number of its maker, as with keepalived.
func Rule(r model.Rule) (plan.Rule, bool) {
	if r.Words == "" {
		return plan.Rule{}, false
	}
	words := r.Words
	if r.NoTrack {
		words = "protocol 0 " + words // a word for it behind this one counts
	}
	at, err := plan.ParseRule(words)
	return at, err == nil
}

// linksOf are the links that an instance depends on by its routes, rules and track
// groups.
func linksOf(in model.Instance) (links []string) {
	for _, r := range in.Routes {
		if r.Dev != "" && !r.NoTrack && r.Words != "" {
			links = append(links, r.Dev)
		}
	}
	for _, r := range in.Rules {
		for _, dev := range []string{r.Dev, r.Out} {
			if dev != "" && !r.NoTrack && r.Words != "" {
				links = append(links, dev)
			}
		}
	}
	return append(links, in.Depends...)
}

// staticKey is the holder of what is there whatever the routers are.
var staticKey = routerKey{name: "static"}

// Static are the static addresses, routes and rules of a configuration.
func Static(cfg model.Config) (s plan.State) {
	for _, a := range cfg.StaticAddrs {
		s.Addresses = append(s.Addresses, Address(a, a.Dev))
	}
	for _, r := range cfg.StaticRoutes {
		if at, ok := Route(r); ok {
			s.Routes = append(s.Routes, at)
		}
	}
	for _, r := range cfg.StaticRules {
		if at, ok := Rule(r); ok {
			s.Rules = append(s.Rules, at)
		}
	}
	return s
}

// untrackedStatic are those of the static items that others may take away.
func untrackedStatic(cfg model.Config) map[any]bool {
	free := map[any]bool{}
	for _, a := range cfg.StaticAddrs {
		free[Address(a, a.Dev)] = a.NoTrack
	}
	for _, r := range cfg.StaticRoutes {
		if at, ok := Route(r); ok {
			free[at] = r.NoTrack
		}
	}
	for _, r := range cfg.StaticRules {
		if at, ok := Rule(r); ok {
			free[at] = r.NoTrack
		}
	}
	return free
}

// tracked leaves out of what was lost what others may take away.
func tracked(lost plan.State, free map[any]bool) plan.State {
	return plan.State{
		Addresses: slices.DeleteFunc(lost.Addresses, func(a plan.Address) bool { return free[a] }),
		Routes:    slices.DeleteFunc(lost.Routes, func(r plan.Route) bool { return free[r] }),
		Rules:     slices.DeleteFunc(lost.Rules, func(r plan.Rule) bool { return free[r] }),
	}
}
