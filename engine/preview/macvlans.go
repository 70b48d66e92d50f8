package preview

import (
	"slices"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// macvlans are the links that instances with use_vmac have or would be given.
type macvlans struct {
	have, want []plan.Link
	made       map[string]bool // the names of those wanted that can be made, or are there
}

// withMacvlans gives the links of a host when those that are wanted of macvlans were
// made. One whose name another link has cannot be made, nor one without a parent.
func withMacvlans(links []kernel.Link, ours []plan.Link, on plan.State) ([]kernel.Link, macvlans) {
	m := macvlans{made: map[string]bool{}}
	named := func(name string) *kernel.Link {
		if i := slices.IndexFunc(links, func(l kernel.Link) bool { return l.Name == name }); i >= 0 {
			return &links[i]
		}
		return nil
	}
	same := func(l plan.Link) func(plan.Link) bool {
		return func(o plan.Link) bool { return o.Name == l.Name && o.Parent == l.Parent && o.MAC == l.MAC }
	}
	for _, l := range ours {
		now, parent := named(l.Name), named(l.Parent)
		if now == nil || parent == nil || !now.Is(l, parent.Index) {
			continue
		}
		if i := slices.IndexFunc(on.Links, same(l)); i >= 0 {
			l = on.Links[i]
		}
		m.have = append(m.have, l)
	}
	for _, l := range on.Links {
		now, parent := named(l.Name), named(l.Parent)
		if parent == nil || now != nil && !slices.ContainsFunc(m.have, same(l)) {
			continue
		}
		m.want, m.made[l.Name] = append(m.want, l), true
		if now == nil {
			made := *parent
			made.Name, made.Index, made.MAC, made.Addrs = l.Name, 0, l.MAC[:], nil
			links = append(slices.Clip(links), made)
		}
	}
	return links, m
}

// changed are the settings that have another value now.
func changed(door *kernel.Net, settings []plan.Setting) (list []plan.Setting) {
	for _, s := range settings {
		if now, err := door.Setting(s.Link, s.Name); err == nil && now == 0 {
			list = append(list, s)
		}
	}
	return list
}
