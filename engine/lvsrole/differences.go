package lvsrole

import (
	"time"

	"holdfast/engine/lvs"
	"holdfast/engine/model"
)

// differences lists what changes from a to b besides the kernel's table, by the
// words of the configuration.
func differences(a, b model.Config) []string {
	changes := []string{}
	was := make(map[string]model.Virtual, len(a.Virtuals))
	for _, v := range a.Virtuals {
		was[v.Name()] = v
	}
	for _, v := range b.Virtuals {
		if old, stays := was[v.Name()]; stays {
			changes = append(changes, virtualChanges(old, v)...)
		}
	}
	return changes
}

func virtualChanges(a, b model.Virtual) (list []string) {
	name := b.Name()
	list = model.Differs(list, name, "quorum", a.Quorum.Val, b.Quorum.Val)
	list = model.Differs(list, name, "hysteresis", a.Hysteresis.Val, b.Hysteresis.Val)
	list = model.Differs(list, name, "quorum_up", a.QuorumUp.Line, b.QuorumUp.Line)
	list = model.Differs(list, name, "quorum_down", a.QuorumDown.Line, b.QuorumDown.Line)
	list = model.Differs(list, name, "ha_suspend", a.HASuspend, b.HASuspend)
	list = model.Differs(list, name, "alpha", a.Alpha, b.Alpha)
	list = model.Differs(list, name, "omega", a.Omega, b.Omega)
	list = model.Differs(list, name, "smtp_alert", a.SMTPAlert.Val, b.SMTPAlert.Val)
	was := make(map[string]model.Real, len(a.Servers))
	for _, r := range a.Servers {
		was[r.Name()] = r
	}
	for _, r := range b.Servers {
		if old, stays := was[r.Name()]; stays {
			list = append(list, serverChanges(name+"/"+r.Name(), old, r)...)
		}
	}
	return list
}

func serverChanges(name string, a, b model.Real) (list []string) {
	list = model.Differs(list, name, "notify_up", a.NotifyUp.Line, b.NotifyUp.Line)
	list = model.Differs(list, name, "notify_down", a.NotifyDown.Line, b.NotifyDown.Line)
	list = model.Differs(list, name, "smtp_alert", a.SMTPAlert.Val, b.SMTPAlert.Val)
	was := make(map[string]model.Check, len(a.Checks))
	for _, c := range a.Checks {
		was[lvs.Identity(c)] = c
	}
	for _, c := range b.Checks {
		old, stays := was[lvs.Identity(c)]
		if !stays {
			list = append(list, model.Appears(name, c.Name()))
			continue
		}
		delete(was, lvs.Identity(c))
		list = append(list, timingChanges(name+": "+c.Name(), old.Timing, c.Timing)...)
	}
	for _, c := range a.Checks {
		if _, gone := was[lvs.Identity(c)]; gone {
			list = append(list, model.Vanishes(name, c.Name()))
		}
	}
	return list
}

func timingChanges(name string, a, b model.Timing) (list []string) {
	seconds := func(o model.Opt[model.Seconds]) time.Duration { return o.Val.Duration() }
	list = model.Differs(list, name, "delay_loop", seconds(a.DelayLoop), seconds(b.DelayLoop))
	list = model.Differs(list, name, "connect_timeout", seconds(a.ConnectTimeout), seconds(b.ConnectTimeout))
	list = model.Differs(list, name, "retry", a.Retry.Val, b.Retry.Val)
	list = model.Differs(list, name, "delay_before_retry", seconds(a.DelayBeforeRetry), seconds(b.DelayBeforeRetry))
	return list
}
