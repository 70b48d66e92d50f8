package vrrprole

import (
	"cmp"
	"slices"
	"strconv"

	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// linkWish is what a configuration needs of links beside addresses.
type linkWish struct {
	links    []plan.Link    // macvlans, in the order of the configuration
	settings []plan.Setting // of other links
}

// names are those that macvlans can be given.
type names struct {
	ours  []plan.Link // made by us, or by an earlier run of ours: they keep their names
	taken map[string]bool
	asked map[string]bool // by an instance, for itself
	wish  linkWish
}

// place puts the addresses of instances with use_vmac on macvlans, and gives what is
// needed of links. ours
// are the macvlans that are there by our doing, there all links of the host. The names
// are chosen as by keepalived: that of an instance is in its use_vmac, if it has none.
func place(cfg model.Config, ours []plan.Link, there []kernel.Link) (model.Config, linkWish) {
	n := names{ours: ours, taken: map[string]bool{}, asked: map[string]bool{}}
	for _, l := range there {
		n.taken[l.Name] = true
	}
	for _, in := range cfg.Instances {
		if in.VMAC.Val.Name != "" {
			n.taken[in.VMAC.Val.Name], n.asked[in.VMAC.Val.Name] = true, true
		}
	}
	cfg.Instances = slices.Clone(cfg.Instances)
	for i := range cfg.Instances {
		in := &cfg.Instances[i]
		if in.VMAC.Written {
			n.place(in, cfg.Global)
		}
		if in.Promote {
			n.set(plan.SwitchedOn(in.Interface, plan.PromoteSecondaries))
		}
	}
	return cfg, n.wish
}

// place is the function of that name for one instance.
func (n *names) place(in *model.Instance, global model.Global) {
	prefix := cmp.Or(global.VMACPrefix.Val, "vrrp")
	in.VMAC.Val.Name = n.link(*in, in.Interface, in.VMAC.Val.Name, prefix)
	move := func(list []model.Address) []model.Address {
		list = slices.Clone(list)
		for i, a := range list {
			switch {
			case a.Dev == "" || a.Dev == in.Interface:
				list[i].Dev = in.VMAC.Val.Name
			case a.VMAC || in.VMACAddr:
				list[i].Dev = n.link(*in, a.Dev, "", cmp.Or(global.VMACAddrPrefix.Val, prefix))
			}
		}
		return list
	}
	in.Addrs, in.Excluded = move(in.Addrs), move(in.Excluded)
}

// link gives the name of the macvlan of an instance over a parent, and has it made. A
// hardware address stands once over a parent.
func (n *names) link(in model.Instance, parent, name, prefix string) string {
	l := plan.Link{Name: name, Parent: parent, MAC: in.VMAC.Val.Octets(in.VRID, in.IPv6()), IPv4: !in.IPv6(), IPv6: in.IPv6()}
	for _, a := range in.Excluded {
		l.IPv4, l.IPv6 = l.IPv4 || a.Prefix.Addr().Is4(), l.IPv6 || a.Prefix.Addr().Is6()
	}
	same := func(o plan.Link) bool { return o.Parent == parent && o.MAC == l.MAC }
	if i := slices.IndexFunc(n.wish.links, same); i >= 0 {
		n.wish.links[i].IPv4, n.wish.links[i].IPv6 = n.wish.links[i].IPv4 || l.IPv4, n.wish.links[i].IPv6 || l.IPv6
		return n.wish.links[i].Name
	}
	if slices.ContainsFunc(n.wish.links, func(o plan.Link) bool { return o.Name == name }) {
		l.Name = "" // another instance has it
	}
	if i := slices.IndexFunc(n.ours, same); l.Name == "" && i >= 0 && !n.asked[n.ours[i].Name] {
		l.Name = n.ours[i].Name
	}
	if l.Name == "" {
		l.Name = n.free(prefix, in.VRID, in.IPv6())
	}
	n.taken[l.Name] = true
	n.wish.links = append(n.wish.links, l)
	if l.IPv4 {
		// The parent does not answer for the addresses of the macvlan, and does not use them
		// as its own where it asks for a neighbour: keepalived leaves arp_announce, and then
		// hosts learn the address of the parent's card from such a question.
		for _, setting := range []string{plan.ARPAnnounce, plan.ARPFilter, plan.ARPIgnore} {
			n.set(plan.SwitchedOn(parent, setting))
		}
	}
	return l.Name
}

// set has a setting of a link changed.
func (n *names) set(s plan.Setting) {
	if !slices.Contains(n.wish.settings, s) {
		n.wish.settings = append(n.wish.settings, s)
	}
}

// free is the first name that nothing has: vrrp.51, for IPv6 vrrp6.51, then vrrp1.51 and
// so on.
func (n *names) free(prefix string, vrid uint8, six bool) string {
	number := "." + strconv.Itoa(int(vrid))
	if len(prefix) > maxPrefix {
		prefix = prefix[:maxPrefix]
	}
	name := prefix + number
	if six && n.taken[name] {
		name = prefix + "6" + number
	}
	for i := 1; n.taken[name]; i++ {
		name = prefix + strconv.Itoa(i) + number
	}
	return name
}

// maxPrefix leaves room in the name of a link, of 15 letters, for what is put behind it.
const maxPrefix = 8

// Place is place for a host on which no role runs: what cfg wants of links is in the
// state.
func Place(cfg model.Config, ours []plan.Link, there []kernel.Link) (model.Config, plan.State) {
	placed, wish := place(cfg, ours, there)
	return placed, plan.State{Links: wish.links, Settings: wish.settings}
}

// home is the link that holds the addresses of an instance that name no other.
func home(in model.Instance) string {
	if in.VMAC.Written && in.VMAC.Val.Name != "" {
		return in.VMAC.Val.Name
	}
	return in.Interface
}

// via is the link by which its adverts go and come; those to peers go by the interface in
// any case, as with keepalived.
func via(in model.Instance) string {
	if in.XmitBase || in.Unicast() {
		return in.Interface
	}
	return home(in)
}
