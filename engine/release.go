package engine

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/netip"
	"path/filepath"
	"slices"

	"holdfast/engine/atomicfile"
	"holdfast/engine/kernel"
	"holdfast/engine/plan"
	"holdfast/engine/state"
)

// ReleaseLeft removes from the kernel what a dead process of the role left
// there: what RUN/ROLE.manifest names and is still there, and nothing else. It
// holds the role's lock while it works and gives ErrRunning if a process of the
// role lives.
func ReleaseLeft(ctx context.Context, role, runDir string, log *slog.Logger) error {
	lock, err := state.TryLock(runDir, role)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // no run directory: nothing of ours ever ran here
	}
	if err != nil {
		return err
	}
	defer lock.Drop()
	manifest := state.ManifestOf(runDir, role)
	ours, err := manifest.Read()
	if err != nil {
		return err
	}
	if err := errors.Join(releaseNet(ctx, ours, log), releaseIPVS(ctx, ours, log)); err != nil {
		return err
	}
	// Without its record the next process starts anew: what it recorded is gone.
	return errors.Join(manifest.Remove(), atomicfile.Remove(filepath.Join(runDir, role+".record")))
}

// releaseNet removes rules, routes, addresses, drops and links, in this order.
func releaseNet(ctx context.Context, ours plan.State, log *slog.Logger) error {
	if ours.HoldsNothing() && len(ours.Links)+len(ours.Settings) == 0 {
		return nil
	}
	door, err := kernel.OpenNet()
	if err != nil {
		return err
	}
	defer door.Close()
	there, err := door.OurAddresses()
	if errors.Is(err, errors.ErrUnsupported) {
		there, err = door.Addresses()
	}
	rules, rulesErr := door.Rules(ours.Rules)
	routes, routesErr := door.Routes(ours.Routes)
	if err := errors.Join(err, rulesErr, routesErr); err != nil {
		return err
	}
	var p plan.Plan
	for _, r := range rules {
		p = append(p, plan.Op{Verb: plan.DeleteRule, Rule: r})
	}
	for _, r := range routes {
		p = append(p, plan.Op{Verb: plan.DeleteRoute, Route: r})
	}
	p = append(p, leftAddresses(ours.Addresses, there)...)
	for _, d := range ours.Drops { // the tables are ours; what is not there is not needed
		p = append(p, plan.Op{Verb: plan.DeleteDrop, Drop: d})
	}
	p = append(p, leftLinks(ours, door.Setting)...)
	_, err = door.Apply(ctx, p)
	tellReleased(log, p)
	return err
}

// leftLinks removes macvlans and puts back what settings were, where they are still as
// a role sets them.
func leftLinks(ours plan.State, setting func(link, name string) (int, error)) (p plan.Plan) {
	for _, l := range ours.Links {
		p = append(p, plan.Op{Verb: plan.DeleteLink, Link: l})
	}
	for _, s := range ours.Settings {
		if now, err := setting(s.Link, s.Name); err == nil && s.IsOn(now) {
			p = append(p, plan.Op{Verb: plan.ChangeSetting, Setting: s})
		}
	}
	return p
}

func releaseIPVS(ctx context.Context, ours plan.State, log *slog.Logger) error {
	if len(ours.Services) == 0 && len(ours.Daemons) == 0 && ours.Timeouts == (plan.Timeouts{}) {
		return nil
	}
	door, err := kernel.OpenIPVS(kernel.Modprobe)
	if errors.Is(err, kernel.ErrNoIPVS) {
		return nil
	}
	if err != nil {
		return err
	}
	defer door.Close()
	there, err := door.Read()
	if err != nil {
		return err
	}
	running, err := door.Daemons()
	if err != nil {
		return err
	}
	have, err := door.Timeouts()
	if err != nil {
		return err
	}
	p := slices.Concat(leftServices(ours.Services, there), leftDaemons(ours.Daemons, running),
		plan.Diff(plan.State{Timeouts: have}, plan.State{Timeouts: ours.Timeouts}))
	_, err = door.Apply(ctx, p)
	tellReleased(log, p)
	return err
}

// leftAddresses is what to do about those of ours that are still there.
func leftAddresses(ours, there []plan.Address) plan.Plan {
	type key struct {
		link   string
		prefix netip.Prefix
	}
	named := map[key]bool{}
	for _, a := range ours {
		named[key{a.Link, a.Prefix}] = true
	}
	var p plan.Plan
	for _, a := range there {
		if named[key{a.Link, a.Prefix}] {
			p = append(p, plan.Op{Verb: plan.DeleteAddress, Address: a})
		}
	}
	return p
}

// leftServices is what to do about those of ours that are still there. A service
// into which somebody else put destinations stays, with those alone.
func leftServices(ours, there []plan.Service) plan.Plan {
	have, shared := plan.OwnedOf(ours).Of(there)
	return plan.OwnedDiff(have, nil, shared)
}

// leftDaemons is what to do about those of ours that still run as they were started.
func leftDaemons(ours, there []plan.SyncDaemon) (p plan.Plan) {
	for _, d := range there {
		if slices.ContainsFunc(ours, d.Is) {
			p = append(p, plan.Op{Verb: plan.StopDaemon, Daemon: d})
		}
	}
	return p
}

func tellReleased(log *slog.Logger, p plan.Plan) {
	for _, op := range p {
		log.Info("released", "operation", op.String())
	}
}
