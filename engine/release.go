package engine

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/netip"
	"path/filepath"

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
	if err := errors.Join(releaseAddresses(ctx, ours, log), releaseServices(ctx, ours, log)); err != nil {
		return err
	}
	// Without its record the next process starts anew: what it recorded is gone.
	return errors.Join(manifest.Remove(), atomicfile.Remove(filepath.Join(runDir, role+".record")))
}

func releaseAddresses(ctx context.Context, ours plan.State, log *slog.Logger) error {
	if len(ours.Addresses)+len(ours.Links)+len(ours.Settings) == 0 {
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
	if err != nil {
		return err
	}
	p := append(leftAddresses(ours.Addresses, there), leftLinks(ours, door.Setting)...)
	done, err := door.Apply(ctx, p)
	tellReleased(log, done)
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

func releaseServices(ctx context.Context, ours plan.State, log *slog.Logger) error {
	if len(ours.Services) == 0 {
		return nil
	}
	door, err := kernel.OpenIPVS()
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
	p := leftServices(ours.Services, there)
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

func tellReleased(log *slog.Logger, p plan.Plan) {
	for _, op := range p {
		log.Info("released", "operation", op.String())
	}
}
