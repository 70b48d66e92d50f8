package model

import (
	"slices"
	"strconv"
)

// firstPreference is that of the first rule that names none; each of the next ones of
// its family has one less, as with keepalived.
const firstPreference = 16384

// resolveStatic gives static addresses their interface, rules their preference, and
// instances the interfaces of the static items that name a track group of theirs.
func resolveStatic(c *Config) {
	link := c.Global.DefaultInterface.Val
	if !c.Global.DefaultInterface.Written {
		link = readDefaults().global.DefaultInterface.Val
	}
	c.StaticAddrs = resolveAddresses(c.StaticAddrs, link)
	c.StaticRoutes, c.StaticRules = slices.Clone(c.StaticRoutes), slices.Clone(c.StaticRules)
	next := map[bool]int{false: firstPreference, true: firstPreference}
	prefer(c.StaticRules, next)
	for i := range c.Instances {
		prefer(c.Instances[i].Rules, next)
	}
	for _, a := range c.StaticAddrs {
		c.depend(a.TrackGroup, a.Dev, a.NoTrack)
	}
	for _, r := range c.StaticRoutes {
		c.depend(r.TrackGroup, r.Dev, r.NoTrack)
	}
	for _, r := range c.StaticRules {
		c.depend(r.TrackGroup, r.Dev, r.NoTrack)
	}
}

// prefer writes a preference into the words of rules that have none; next is by whether
// the rule is of IPv6.
func prefer(rules []Rule, next map[bool]int) {
	for i := range rules {
		r := &rules[i]
		if r.Words == "" || r.Placed {
			continue
		}
		r.Words = "preference " + strconv.Itoa(next[r.Six]) + " " + r.Words
		next[r.Six]--
	}
}

// depend has the instances of a track group depend on an interface.
func (c *Config) depend(group, link string, free bool) {
	if group == "" || link == "" || free {
		return
	}
	for _, g := range c.TrackGroups {
		if g.Name != group {
			continue
		}
		for i := range c.Instances {
			in := &c.Instances[i]
			if slices.Contains(g.Members, in.Name) && !slices.Contains(in.Depends, link) {
				in.Depends = append(in.Depends, link)
			}
		}
		return
	}
}
