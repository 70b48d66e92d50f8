package vrrprole

import (
	"context"
	"os"
	"path/filepath"

	"holdfast/engine/atomicfile"
	"holdfast/engine/control"
	"holdfast/engine/dump"
	"holdfast/engine/model"
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
		r.stats, r.refused = control.VRRPStats{}, nil
	}
}

// report copies where everything stands. The loop waits for it: what does not change
// is shared.
func (l *loop) report() dump.Report {
	rep := dump.Report{Global: l.cfg.Global, Node: l.node, Instances: make([]dump.Instance, 0, len(l.cfg.Instances)),
		StaticAddrs: l.cfg.StaticAddrs, StaticRoutes: l.cfg.StaticRoutes, StaticRules: l.cfg.StaticRules, TrackGroups: l.cfg.TrackGroups}
	for i := range l.cfg.Instances {
		cfg := &l.cfg.Instances[i]
		if r := l.byName[cfg.Name]; r != nil {
			rep.Instances = append(rep.Instances, l.instanceReport(cfg, r))
		}
	}
	for _, t := range l.teams {
		if t.group != nil {
			rep.Groups = append(rep.Groups, l.groupReport(t))
		}
	}
	for _, s := range l.scripts.list() {
		rep.Scripts = append(rep.Scripts, dump.Script{
			Config: s.cfg, Count: s.verdict.Count, Known: s.verdict.Known, Good: s.answer() == vrrp.Good, Running: s.running.Load(),
		})
	}
	good := l.sessions.good()
	for _, s := range l.cfg.BFDs {
		if s.Tracked() {
			rep.Sessions = append(rep.Sessions, dump.Session{Config: s, Up: good[keyOfSession(s)]})
		}
	}
	return rep
}

func (l *loop) instanceReport(cfg *model.Instance, r *router) dump.Instance {
	in := dump.Instance{Config: cfg, Core: &r.core, State: r.state, Stats: r.stats, Multicast: r.key.group, Checked: r.wire.Peers != nil}
	if r.team.group != nil {
		in.Group = r.team.group.Name
	}
	in.Faults, in.Waiting = l.obstacles(r)
	return in
}

func (l *loop) groupReport(t *team) dump.Group {
	g := dump.Group{Config: t.group, State: t.role()}
	for _, r := range t.routers {
		g.Members = append(g.Members, r.cfg.Name)
		faults, waiting := l.obstacles(r)
		g.Faults += min(faults, 1)
		g.Waiting += min(waiting, 1)
	}
	return g
}

// obstacles counts what keeps an instance in FAULT, and the scripts that it waits for.
func (l *loop) obstacles(r *router) (faults, waiting int) {
	around := l.surroundings(nil)
	for _, t := range r.core.Tracks {
		a, value := around.answer(t)
		if _, fault := t.Means(a, value); fault != vrrp.NoReason {
			faults++
		}
		if t.Weight == 0 && a == vrrp.Unknown {
			waiting++
		}
	}
	if !r.state.Conditions.Source.IsValid() {
		faults++
	}
	if f := r.state.Conditions.Fault; f == vrrp.NoPeers || f == vrrp.StrictUnicast {
		faults++
	}
	return faults, waiting
}

// tempDir is where keepalived writes its reports.
func tempDir() string {
	if dir := os.Getenv("TMPDIR"); filepath.IsAbs(dir) {
		return dir
	}
	return "/tmp"
}
