package vrrprole

import (
	"strconv"
	"strings"
	"time"

	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/script"
	"holdfast/engine/vrrp"
)

// notifyState runs an instance's scripts for a change: first the one for the
// state, then the general one with keepalived's four more arguments.
func (l *loop) notifyState(r *router, e vrrp.Effect) {
	l.launch(r.cfg.Name, programFor(r.cfg.Notify, e.To))
	l.launch(r.cfg.Name, r.cfg.Notify.General, "INSTANCE", r.cfg.Name, e.To.String(), strconv.Itoa(int(e.Priority)))
}

// notifyGroup does the same for a sync group, whose priority is told as 0.
func (l *loop) notifyGroup(t *team, e vrrp.Effect) {
	l.launch(t.group.Name, programFor(t.group.Notify, e.To))
	l.launch(t.group.Name, t.group.Notify.General, "GROUP", t.group.Name, e.To.String(), "0")
}

func programFor(n model.Notify, to vrrp.Role) model.Command {
	switch to {
	case vrrp.Master:
		return n.Master
	case vrrp.Backup:
		return n.Backup
	case vrrp.Fault:
		return n.Fault
	case vrrp.Stopped:
		return n.Stop
	}
	return model.Command{}
}

// launch queues a program behind the earlier ones of the same object.
func (l *loop) launch(object string, c model.Command, args ...string) {
	if c.Written() {
		l.notify.Add(object, l.job(c, 0, args...), l.launched(object, c))
	}
}

// launchLower queues notify_master_rx_lower_pri, unless it waits already: who
// sends such adverts sets their pace.
func (l *loop) launchLower(r *router) {
	if c := r.cfg.NotifyRxLower; c.Written() {
		l.notify.AddOnce(r.cfg.Name, "rx-lower", l.job(c, 0), l.launched(r.cfg.Name, c))
	}
}

// launched tells the loop of a program that failed.
func (l *loop) launched(object string, c model.Command) func(script.Result) {
	return func(r script.Result) {
		if !r.OK() {
			l.tell(scriptNotified{object, c.Line, r.String()})
		}
	}
}

// job is a command as package script wants it.
func (l *loop) job(c model.Command, limit time.Duration, args ...string) script.Job {
	user := c.User.Val
	if user.Name == "" {
		user = l.cfg.Global.ScriptUser.Val
	}
	return script.Job{
		Argv: c.Argv, Args: args, User: user.Name, Group: user.Group,
		Timeout: limit, Secure: l.cfg.Global.ScriptSecurity,
	}
}

// scriptNotified says that a notify script did not do its work.
type scriptNotified struct{ object, command, reason string }

func (n scriptNotified) reach(l *loop) {
	l.note(journal.Entry{Kind: journal.ScriptFailed, Object: n.object,
		Facts: map[string]string{"command": strings.TrimSpace(n.command), "reason": n.reason}})
}
