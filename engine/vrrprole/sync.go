package vrrprole

import (
	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/vrrp"
)

// followSync has the daemons that copy connections follow the instance that
// lvs_sync_daemon names.
func (l *loop) followSync() {
	if !l.follows {
		return
	}
	l.daemons.follow(wantedDaemons(l.cfg, func(instance string) vrrp.Role {
		if r := l.byName[instance]; r != nil {
			return r.state.Role
		}
		return vrrp.Init
	}))
}

// foreseeSync is what the daemons would do where the routers have come to these states.
func (v snapshot) foreseeSync(cfg model.Config, next []*team) plan.Plan {
	roles := map[string]vrrp.Role{}
	eachRouter(next, func(_ *team, _ int, r *router) { roles[r.cfg.Name] = r.state.Role })
	want := wantedDaemons(cfg, func(instance string) vrrp.Role { return roles[instance] })
	return plan.Diff(plan.State{Daemons: v.daemons}, plan.State{Daemons: want})
}

// blocked is what the kernel does not do.
func (n daemonNews) blocked() []control.Blocked {
	if n.operation == "" {
		return nil
	}
	return []control.Blocked{{Code: code.KernelRefused, Args: map[string]string{"operation": n.operation, "reason": n.reason}}}
}

// reach notes what the kernel does not do, and tells what somebody else did.
func (n daemonNews) reach(l *loop) {
	if n.lost != "" {
		l.note(journal.Entry{Kind: journal.Drift, Facts: map[string]string{journal.FactOperation: n.lost}})
	}
	was := l.unsynced
	l.unsynced = n.blocked()
	if n.operation == "" {
		return
	}
	if len(was) == 0 || was[0].Args["operation"] != n.operation || was[0].Args["reason"] != n.reason {
		l.note(journal.Entry{Kind: journal.KernelError, Facts: map[string]string{journal.FactOperation: n.operation, journal.FactReason: n.reason}})
	}
}
