package vrrprole

import (
	"context"
	"os"
	"path/filepath"

	"holdfast/engine/atomicfile"
	"holdfast/engine/control"
	"holdfast/engine/dump"
	"holdfast/engine/realtime"
	"holdfast/engine/vrrp"
)

// reports are the files that keepalived's process of this role writes.
var reports = map[control.Dump]struct {
	file  string
	write func(dump.Report) ([]byte, error)
}{
	control.DumpData:       {"keepalived.data", text(dump.Data)},
	control.DumpStats:      {"keepalived.stats", text(dump.Stats)},
	control.DumpStatsClear: {"keepalived.stats", text(dump.Stats)},
	control.DumpJSON:       {"keepalived.json", dump.JSON},
}

func text(write func(dump.Report) []byte) func(dump.Report) ([]byte, error) {
	return func(r dump.Report) ([]byte, error) { return write(r), nil }
}

// Dump writes a report where keepalived does: in TMPDIR, else in /tmp. The loop only
// copies the values; the file is written on a thread of its own, whatever the disk does.
func (r *role) Dump(ctx context.Context, d control.Dump) error {
	what, ok := reports[d]
	if !ok {
		return nil
	}
	values, err := query(ctx, r, func(l *loop, reply func(dump.Report, error)) {
		reply(l.report(), nil)
		if d == control.DumpStatsClear {
			l.clearStats()
		}
	})
	if err != nil {
		return err
	}
	realtime.Aside(func() {
		var b []byte
		if b, err = what.write(values); err == nil {
			err = atomicfile.WriteShared(filepath.Join(tempDir(), what.file), b)
		}
	})
	return err
}

func (l *loop) clearStats() {
	for _, r := range l.routers {
		r.stats = control.VRRPStats{}
	}
}

// report copies where everything stands.
func (l *loop) report() dump.Report {
	rep := dump.Report{Global: l.cfg.Global, Node: l.node}
	byName := map[string]dump.Instance{}
	for _, t := range l.teams {
		g := dump.Group{State: t.role()}
		for _, r := range t.routers {
			in := l.instanceReport(r)
			byName[r.cfg.Name] = in
			g.Members = append(g.Members, r.cfg.Name)
			if in.Faults > 0 {
				g.Faults++
			}
			if in.Waiting > 0 {
				g.Waiting++
			}
		}
		if t.group != nil {
			g.Config = *t.group
			rep.Groups = append(rep.Groups, g)
		}
	}
	for _, cfg := range l.cfg.Instances {
		if in, ok := byName[cfg.Name]; ok {
			rep.Instances = append(rep.Instances, in)
		}
	}
	for _, s := range l.scripts.list() {
		rep.Scripts = append(rep.Scripts, dump.Script{
			Config: s.cfg, Count: s.verdict.Count, Known: s.verdict.Known, Good: s.answer() == vrrp.Good, Running: s.running.Load(),
		})
	}
	return rep
}

func (l *loop) instanceReport(r *router) dump.Instance {
	in := dump.Instance{Config: r.cfg, Core: r.core, State: r.state, Stats: r.stats, Multicast: r.key.group}
	if r.team.group != nil {
		in.Group = r.team.group.Name
	}
	for _, t := range r.core.Tracks {
		a := l.answer(t)
		if t.Fails(a) != vrrp.NoReason {
			in.Faults++
		}
		if t.Weight == 0 && a == vrrp.Unknown {
			in.Waiting++
		}
	}
	if !r.state.Conditions.Source.IsValid() {
		in.Faults++
	}
	return in
}

// tempDir is where keepalived writes its reports.
func tempDir() string {
	if dir := os.Getenv("TMPDIR"); filepath.IsAbs(dir) {
		return dir
	}
	return "/tmp"
}
