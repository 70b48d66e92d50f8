package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// Rehearse tells what this kernel lacks, and has too much of, to be a node that
// is master of everything in cfg and has just started its checks. It changes
// nothing, and counts as ours only what bears our mark, what the manifests in
// runDir name and what cfg itself names. What stands in the way is in Held; what
// could not be looked at for that reason counts as empty.
func Rehearse(cfg model.Config, runDir string) (control.Planned, error) {
	want := masterWants(cfg)
	named, err := namedInManifests(runDir)
	if err != nil {
		return control.Planned{}, err
	}
	out := control.Planned{Lines: []string{}, Changes: []string{}, Held: []control.Held{}}
	var have plan.State
	var unread error
	have.Services, unread = heldServices(want, named) // loads the module, where it is not loaded yet
	for _, code := range kernel.Abilities() {
		out.Held = append(out.Held, control.Held{Code: code})
	}
	if unread != nil && !heldBack(out.Held) {
		return control.Planned{}, unread
	}
	if have.Addresses, err = heldAddresses(want, named, &out); err != nil {
		return control.Planned{}, err
	}
	want.Addresses = slices.DeleteFunc(want.Addresses, func(a plan.Address) bool {
		return slices.ContainsFunc(out.Held, func(h control.Held) bool { return h.Object == a.Link })
	})
	out.Operations = plan.Diff(have, want)
	out.Lines = append(out.Lines, out.Operations.Lines()...)
	return out, nil
}

// masterWants is what a node that is master of every instance holds, and the
// services as they are before the first check has answered.
func masterWants(cfg model.Config) plan.State {
	var s plan.State
	for _, in := range cfg.Instances {
		for _, a := range append(slices.Clone(in.Addrs), in.Excluded...) {
			s.Addresses = append(s.Addresses, vrrpAddress(a, in.Interface))
		}
	}
	for _, v := range cfg.Virtuals {
		core := lvs.Virtual{Virtual: v}
		begun, _ := core.Step(core.Begin(), lvs.Began{})
		s.Services = append(s.Services, core.Want(begun))
	}
	return s.Normal()
}

// namedInManifests is what the roles have written down as theirs.
func namedInManifests(runDir string) (all plan.State, err error) {
	for _, name := range []string{vrrpManifest, lvsManifestName} {
		text, err := os.ReadFile(filepath.Join(runDir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var s plan.State
		if err == nil {
			err = json.Unmarshal(text, &s)
		}
		if err != nil {
			return all, fmt.Errorf("read manifest %s: %w", name, err)
		}
		all.Addresses = append(all.Addresses, s.Addresses...)
		all.Services = append(all.Services, s.Services...)
	}
	return all.Normal(), nil
}

// heldAddresses reads those of the kernel's addresses that are ours to change. A
// link that want names and the kernel lacks is noted in out.
func heldAddresses(want, named plan.State, out *control.Planned) ([]plan.Address, error) {
	door, err := kernel.OpenNet()
	if err != nil {
		return nil, err
	}
	defer door.Close()
	links, err := door.Links()
	if err != nil {
		return nil, err
	}
	for _, a := range want.Addresses {
		missing := !slices.ContainsFunc(links, func(l kernel.Link) bool { return l.Name == a.Link })
		told := slices.ContainsFunc(out.Held, func(h control.Held) bool { return h.Object == a.Link })
		if missing && !told {
			out.Held = append(out.Held, control.Held{
				Object: a.Link, Code: "no-interface", Args: map[string]string{"interface": a.Link},
			})
		}
	}
	marked, err := door.OurAddresses()
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return nil, err
	}
	all, err := door.Addresses()
	return slices.DeleteFunc(all, func(a plan.Address) bool {
		same := func(b plan.Address) bool { return a.Link == b.Link && a.Prefix == b.Prefix }
		return !slices.ContainsFunc(want.Addresses, same) && !slices.ContainsFunc(named.Addresses, same) &&
			!slices.ContainsFunc(marked, same)
	}), err
}

// heldServices reads those of the kernel's services that are ours to change.
func heldServices(want, named plan.State) ([]plan.Service, error) {
	door, err := kernel.OpenIPVS()
	if err != nil {
		return nil, err
	}
	defer door.Close()
	ours := map[plan.ServiceKey]bool{}
	for _, v := range append(slices.Clone(want.Services), named.Services...) {
		ours[v.Key] = true
	}
	all, err := door.Read()
	return slices.DeleteFunc(all, func(v plan.Service) bool { return !ours[v.Key] }), err
}

// heldBack says whether the table of services cannot be read or written here.
func heldBack(held []control.Held) bool {
	return slices.ContainsFunc(held, func(h control.Held) bool {
		return h.Object == "" && (h.Code == "no-ipvs" || h.Code == "no-net-admin")
	})
}
