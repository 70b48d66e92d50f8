package preview

import (
	"errors"
	"net/netip"
	"slices"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/state"
	"holdfast/engine/vrrp"
	"holdfast/engine/vrrprole"
)

// Preview tells what this kernel lacks, and has too much of, to be a node that
// is master of everything in cfg and has just started its checks. It changes
// nothing, and counts as ours only what bears our mark, what the manifests in
// runDir name and what cfg itself names. What stands in the way is in Held; what
// could not be looked at for that reason counts as empty.
func Preview(cfg model.Config, runDir string) (control.Planned, error) {
	named, err := state.Manifests(runDir)
	if err != nil {
		return control.Planned{}, err
	}
	door, err := kernel.OpenNet()
	if err != nil {
		return control.Planned{}, err
	}
	defer door.Close()
	links, err := door.Links()
	if err != nil {
		return control.Planned{}, err
	}
	out := control.Planned{Lines: []string{}, Changes: []string{}, Held: []control.Blocked{}}
	marked, err := door.OurAddresses()
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return control.Planned{}, err
	}
	ours := append(marked, named.Addresses...)
	cfg, on := vrrprole.Place(cfg, named.Links, links)
	links, macvlans := withMacvlans(links, named.Links, on)
	fallen := inFault(&cfg, links, ours, macvlans.made)
	want, have := masterWants(cfg), plan.State{Links: macvlans.have}
	want.Links, want.Settings = macvlans.want, changed(door, on.Settings)
	services, shared, unread := heldServices(cfg.Virtuals, named.Services) // loads the module, where it is not loaded yet
	have.Services = services
	have.Daemons = runningDaemons(named.Daemons)
	have.Timeouts, want.Timeouts = timeouts(cfg, named.Timeouts)
	for _, code := range kernel.Lacks() {
		out.Held = append(out.Held, control.Blocked{Code: code})
	}
	for _, table := range kernel.KeepalivedTables(model.NftablesTables(cfg)) {
		out.Held = append(out.Held, control.Blocked{Code: code.LeftoverTable, Args: map[string]string{"object": table}})
	}
	if unread != nil && !heldBack(out.Held) {
		return control.Planned{}, unread
	}
	out.Held = append(out.Held, fallen...)
	all, err := door.Addresses()
	if err != nil {
		return control.Planned{}, err
	}
	have.Addresses = heldAddresses(slices.Clone(all), want.Addresses, ours)
	if have.Routes, err = door.Routes(slices.Concat(want.Routes, named.Routes)); err != nil {
		return control.Planned{}, err
	}
	if have.Rules, err = door.Rules(slices.Concat(want.Rules, named.Rules)); err != nil {
		return control.Planned{}, err
	}
	if have.Drops, err = door.Drops(slices.Concat(want.Drops, named.Drops)); err != nil {
		return control.Planned{}, err
	}
	want.Services = plan.Staying(have.Services, want.Services, shared)
	out.Operations = plan.Diff(have, want)
	out.Lines = append(out.Lines, out.Operations.Lines()...)
	out.Held = append(out.Held, vrrprole.RefusedScopes(plan.State{Addresses: all}, out.Operations)...)
	out.Warnings = changedLists(cfg.Instances, have.Addresses, out.Operations)
	for _, m := range lvs.Moves(have.Services, want.Services) {
		out.Warnings = append(out.Warnings, control.ClientsMove(code.ClientsMove, m.Name(), m.Share))
	}
	return out, nil
}

// masterWants is what a node that is master of every instance holds, what is static, and
// the services as they are before the first check has answered.
func masterWants(cfg model.Config) plan.State {
	s := vrrprole.Static(cfg)
	for _, in := range cfg.Instances {
		for _, a := range append(slices.Clone(in.Addrs), in.Excluded...) {
			at := vrrprole.Address(a, in.Interface)
			s.Addresses = append(s.Addresses, at)
			if in.NoAccept {
				s.Drops = append(s.Drops, vrrprole.Drop(at, cfg.Global))
			}
		}
		for _, r := range in.Routes {
			if at, ok := vrrprole.Route(r); ok {
				s.Routes = append(s.Routes, at)
			}
		}
		for _, r := range in.Rules {
			if at, ok := vrrprole.Rule(r); ok {
				s.Rules = append(s.Rules, at)
			}
		}
	}
	for _, v := range cfg.Virtuals {
		core := lvs.Virtual{Virtual: &v}
		begun, _ := core.Step(core.Begin(), lvs.Began{})
		s.Services = append(s.Services, core.Wants(begun)...)
	}
	s.Daemons = vrrprole.MasterDaemons(cfg)
	return s.Normal()
}

// inFault leaves out of cfg the addresses that nobody would hold here, and tells
// why: an interface that the instance depends on is missing, down or without an address
// to send from, or there is no peer where the text wants one.
func inFault(cfg *model.Config, links []kernel.Link, ours []plan.Address, made map[string]bool) (held []control.Blocked) {
	missing := func(name string) bool {
		return !slices.ContainsFunc(links, func(l kernel.Link) bool { return l.Name == name })
	}
	tell := func(h control.Blocked) {
		if !slices.ContainsFunc(held, func(o control.Blocked) bool { return o.Object == h.Object && o.Code == h.Code }) {
			held = append(held, h)
		}
	}
	absent := func(link string) bool {
		if missing(link) {
			tell(control.Blocked{Object: link, Code: code.NoInterface, Args: map[string]string{"interface": link}})
			return true
		}
		return false
	}
	virtual, linkOf := virtualOf(*cfg), func(name string) (link kernel.Link) {
		if i := slices.IndexFunc(links, func(l kernel.Link) bool { return l.Name == name }); i >= 0 {
			link = links[i]
		}
		return link
	}
	cfg.Instances = slices.Clone(cfg.Instances)
	for i := range cfg.Instances {
		in := &cfg.Instances[i]
		fault := absent(in.Interface)
		for _, t := range vrrprole.Tracks(*in, nil) {
			if t.Kind == vrrp.ByInterface && t.Fails(vrrp.Missing) != vrrp.NoReason && absent(t.Name) {
				fault = true
			}
		}
		stays := func(a model.Address) bool { return fault || absent(vrrprole.Address(a, in.Interface).Link) }
		isOurs := func(own netip.Addr) bool {
			return slices.ContainsFunc(ours, func(a plan.Address) bool { return a.Link == in.Interface && a.Prefix.Addr() == own })
		}
		if own := vrrprole.OnlyVirtual(*in, linkOf(in.Interface), virtual); own.IsValid() && !isOurs(own) {
			tell(control.Blocked{Object: in.Name, Code: code.OwnAddress, Args: map[string]string{"address": own.String(), "interface": in.Interface}})
			fault = true
		} else if !fault {
			for _, h := range vrrprole.Fault(*in, links, made, virtual, ours) {
				tell(h)
				fault = true
			}
		}
		for _, h := range vrrprole.Limited(*in, linkOf(in.Interface)) {
			tell(h)
		}
		in.Addrs = slices.DeleteFunc(slices.Clone(in.Addrs), stays)
		in.Excluded = slices.DeleteFunc(slices.Clone(in.Excluded), stays)
		in.Routes = slices.DeleteFunc(slices.Clone(in.Routes), func(r model.Route) bool { return fault || r.Dev != "" && absent(r.Dev) })
		if fault {
			in.Rules = nil
		}
	}
	cfg.StaticAddrs = slices.DeleteFunc(slices.Clone(cfg.StaticAddrs), func(a model.Address) bool { return absent(a.Dev) })
	cfg.StaticRoutes = slices.DeleteFunc(slices.Clone(cfg.StaticRoutes), func(r model.Route) bool { return r.Dev != "" && absent(r.Dev) })
	return held
}

// virtualOf are the addresses of all instances.
func virtualOf(cfg model.Config) map[netip.Addr]bool {
	virtual := map[netip.Addr]bool{}
	for _, in := range cfg.Instances {
		for _, a := range slices.Concat(in.Addrs, in.Excluded) {
			virtual[a.Prefix.Addr().Unmap()] = true
		}
	}
	return virtual
}

// heldAddresses gives those of the kernel's addresses that are ours to change.
func heldAddresses(all, want, ours []plan.Address) []plan.Address {
	return slices.DeleteFunc(all, func(a plan.Address) bool {
		same := func(b plan.Address) bool { return a.Link == b.Link && a.Prefix == b.Prefix }
		return !slices.ContainsFunc(want, same) && !slices.ContainsFunc(ours, same)
	})
}

// changedLists tells of the instances that are master here, as far as the kernel shows,
// and whose list of addresses changes on the way.
func changedLists(instances []model.Instance, have []plan.Address, p plan.Plan) (list []control.Blocked) {
	for _, in := range instances {
		held, changes := false, false
		for _, a := range in.Addrs {
			at := vrrprole.Address(a, in.Interface)
			same := func(b plan.Address) bool { return at.Key() == b.Key() }
			if slices.ContainsFunc(have, same) {
				held = true
			} else {
				changes = true
			}
		}
		changes = changes || slices.ContainsFunc(p, func(o plan.Op) bool {
			return o.Verb == plan.DeleteAddress && o.Address.Link == in.Interface && !slices.ContainsFunc(p, func(add plan.Op) bool {
				return add.Verb == plan.AddAddress && add.Address.Key() == o.Address.Key()
			})
		})
		if held && changes {
			list = append(list, control.Blocked{Object: in.Name, Code: code.AddressListChanges, Args: map[string]string{"object": in.Name}})
		}
	}
	return list
}

// heldServices reads those of the kernel's services that are ours to change, and
// tells in which of them somebody else has destinations.
func heldServices(virtuals []model.Virtual, named []plan.Service) (ours []plan.Service, shared map[plan.ServiceKey]bool, err error) {
	owned := plan.OwnedOf(named)
	for _, v := range virtuals {
		core := lvs.Virtual{Virtual: &v}
		owned.Add(core.Wholes())
	}
	door, err := kernel.OpenIPVS(kernel.Modprobe)
	if err != nil {
		return nil, nil, err
	}
	defer door.Close()
	table, err := door.Read()
	ours, shared = owned.Of(table)
	return ours, shared, err
}

// timeouts gives those that the kernel has and those that it shall have. before are
// those that it had before an earlier run changed them; zero: none did.
func timeouts(cfg model.Config, before plan.Timeouts) (have, want plan.Timeouts) {
	if want = lvs.Timeouts(cfg); want == before && want == (plan.Timeouts{}) {
		return have, want
	}
	door, err := kernel.OpenIPVS(kernel.Modprobe)
	if err != nil {
		return have, want // told by the services
	}
	defer door.Close()
	if have, err = door.Timeouts(); err != nil {
		return have, want
	}
	return have, want.Over(before)
}

// runningDaemons are those that an earlier run started and that run as it started them.
func runningDaemons(named []plan.SyncDaemon) (ours []plan.SyncDaemon) {
	if len(named) == 0 {
		return nil
	}
	door, err := kernel.OpenIPVS(kernel.Modprobe)
	if err != nil {
		return nil // told by the services
	}
	defer door.Close()
	all, err := door.Daemons()
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(all, func(d plan.SyncDaemon) bool { return !slices.ContainsFunc(named, d.Is) })
}

// heldBack says whether the table of services cannot be read or written here.
func heldBack(held []control.Blocked) bool {
	return slices.ContainsFunc(held, func(h control.Blocked) bool {
		return h.Object == "" && (h.Code == code.NoIPVS || h.Code == code.NoNetAdmin)
	})
}
