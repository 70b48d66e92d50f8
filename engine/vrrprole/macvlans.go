package vrrprole

import (
	"slices"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// macvlans are the links that we made for routers with a hardware address of their own,
// and what settings of other links were before we changed them. They belong to the
// writer.
type macvlans struct {
	ours   []plan.Link
	former []plan.Setting
}

// kernelLinks is what the kernel has of links.
type kernelLinks struct {
	there   []kernel.Link
	setting func(link, name string) (int, error)
}

func (k kernelLinks) named(name string) (kernel.Link, bool) {
	i := slices.IndexFunc(k.there, func(l kernel.Link) bool { return l.Name == name })
	if i < 0 {
		return kernel.Link{}, false
	}
	return k.there[i], true
}

// has says whether a macvlan is there as we make it.
func (k kernelLinks) has(l plan.Link) bool {
	now, there := k.named(l.Name)
	parent, based := k.named(l.Parent)
	return there && based && now.Is(l, parent.Index)
}

// clone shares nothing with m.
func (m macvlans) clone() macvlans { return macvlans{slices.Clone(m.ours), slices.Clone(m.former)} }

// made says whether a macvlan is one of ours.
func (m macvlans) made(l plan.Link) bool {
	return slices.ContainsFunc(m.ours, func(o plan.Link) bool { return o.Name == l.Name && o.Parent == l.Parent && o.MAC == l.MAC })
}

// madeFor gives the names of the wanted links that are there.
func (m macvlans) madeFor(w linkWish) madeLinks {
	names := madeLinks{}
	for _, l := range w.links {
		if m.made(l) {
			names[l.Name] = true
		}
	}
	return names
}

// see takes note of what is there of ours.
func (m *macvlans) see(k kernelLinks) {
	m.ours = slices.DeleteFunc(slices.Clone(m.ours), func(l plan.Link) bool { return !k.has(l) })
	m.former = slices.DeleteFunc(slices.Clone(m.former), func(s plan.Setting) bool { _, there := k.named(s.Link); return !there })
}

// missing gives what is to be done before addresses are put on links: a link whose name
// is taken is not made, nor one without a parent. former are the settings that are
// changed by it.
func (m macvlans) missing(w linkWish, k kernelLinks) (p plan.Plan, former []plan.Setting) {
	for _, s := range w.settings {
		now, err := k.setting(s.Link, s.Name)
		if err == nil && now == 0 {
			p = append(p, plan.Op{Verb: plan.ChangeSetting, Setting: s})
			former = append(former, plan.Setting{Link: s.Link, Name: s.Name})
		}
	}
	for _, l := range w.links {
		parent, based := k.named(l.Parent)
		now, there := k.named(l.Name)
		switch {
		case !based || m.occupied(l):
		case !there:
			p = append(p, plan.Op{Verb: plan.AddLink, Link: l})
		case m.made(l) && (now.MTU != parent.MTU || !slices.Contains(m.ours, l)): // the kernel only ever lowers it
			l.MTU = parent.MTU
			p = append(p, plan.Op{Verb: plan.EditLink, Link: l})
		}
	}
	return p, former
}

// occupied says whether a link of ours has the hardware address over the same parent, or
// the name for another one: it has to go first.
func (m macvlans) occupied(l plan.Link) bool {
	return slices.ContainsFunc(m.ours, func(o plan.Link) bool {
		sameMAC := o.Parent == l.Parent && o.MAC == l.MAC
		return sameMAC != (o.Name == l.Name)
	})
}

// surplus gives what is to be done behind the last address: the links that nobody wants
// go, or make place for others of their names, and settings are as they were, unless
// somebody else set them since.
func (m macvlans) surplus(w linkWish, k kernelLinks) (p plan.Plan) {
	for _, l := range m.ours {
		wanted := slices.ContainsFunc(w.links, func(o plan.Link) bool { return o.Name == l.Name && o.Parent == l.Parent && o.MAC == l.MAC })
		if !wanted && k.has(l) {
			p = append(p, plan.Op{Verb: plan.DeleteLink, Link: l})
		}
	}
	if len(p) > 0 {
		rest, without := m.clone(), k
		rest.carried(p)
		without.there = slices.DeleteFunc(slices.Clone(k.there), func(l kernel.Link) bool {
			return slices.ContainsFunc(p, func(o plan.Op) bool { return o.Link.Name == l.Name })
		})
		more, _ := rest.missing(linkWish{links: w.links}, without)
		p = append(p, more...)
	}
	for _, s := range m.former {
		if now, err := k.setting(s.Link, s.Name); !w.sets(s) && err == nil && s.IsOn(now) {
			p = append(p, plan.Op{Verb: plan.ChangeSetting, Setting: s})
		}
	}
	return p
}

// forget drops what settings were that nobody wants any more: they are so again, or
// somebody else set them.
func (m *macvlans) forget(w linkWish) {
	m.former = slices.DeleteFunc(slices.Clone(m.former), func(s plan.Setting) bool { return !w.sets(s) })
}

// sets says whether the wish is about a setting.
func (w linkWish) sets(s plan.Setting) bool {
	return slices.ContainsFunc(w.settings, func(o plan.Setting) bool { return o.Link == s.Link && o.Name == s.Name })
}

// carried takes note of operations of our plans that the kernel has carried out.
func (m *macvlans) carried(done plan.Plan) {
	drop := func(l plan.Link) {
		m.ours = slices.DeleteFunc(slices.Clone(m.ours), func(o plan.Link) bool { return o.Name == l.Name })
	}
	for _, o := range done {
		switch o.Verb {
		case plan.AddLink, plan.EditLink:
			drop(o.Link)
			o.Link.MTU = 0
			m.ours = append(m.ours, o.Link)
		case plan.DeleteLink:
			drop(o.Link)
		case plan.ChangeSetting:
			if i := slices.Index(m.former, o.Setting); i >= 0 { // it is as it was
				m.former = slices.Delete(slices.Clone(m.former), i, i+1)
			}
		}
	}
}

// remember keeps what settings were before.
func (m *macvlans) remember(former []plan.Setting) {
	for _, s := range former {
		if !slices.ContainsFunc(m.former, func(o plan.Setting) bool { return o.Link == s.Link && o.Name == s.Name }) {
			m.former = append(m.former, s)
		}
	}
}
