package lvsrole

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"holdfast/engine"
	"holdfast/engine/fifo"
	"holdfast/engine/journal"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/script"
)

// scriptPatience is for scripts: the next of the same object, and at the end.
const scriptPatience = 5 * time.Second

// transitions tell of servers and quorums that came and went: in the journal, and
// by running the operator's scripts.
type transitions struct {
	tell    func(journal.Entry) // the journal
	scripts *script.Queue
	unrun   *engine.Unrun
	fifos   *fifo.Writer
	secure  bool // script_security of the running configuration
}

// server puts a change of a server into the journal and runs its script.
// check is the one that brought it about, if one did.
func (t *transitions) server(v *virtual, e lvs.ServerChanged, reason, check string, at time.Time) {
	declared := v.core.Servers[e.Server]
	name := declared.Name()
	from, to, script := "UP", "DOWN", declared.NotifyDown
	if e.Up {
		from, to, script = to, from, declared.NotifyUp
	}
	t.tell(journal.Entry{
		At: at, Kind: journal.ServerState, Object: v.name + "/" + name, Mail: declared.SMTPAlert.Val,
		Facts: map[string]string{
			journal.FactVirtual: v.name, journal.FactServer: name, journal.FactFrom: from, journal.FactTo: to, journal.FactReason: reason, journal.FactCheck: check,
		},
	})
	t.notify(v.name+"/"+name, script)
	t.fifos.Write(serverLine(v.core.Virtual, declared, to))
}

// begun runs notify_up of the servers of v that begin up, as rs_init_notifies asks:
// of all at the start, later of those that old, which v follows, does not have.
func (t *transitions) begun(v, old *virtual) {
	if old == nil && !v.fresh {
		return // they began in an earlier process
	}
	for i := range v.servers {
		if s := v.core.Servers[i]; v.state.Servers[i].Up() && !old.has(&s) {
			t.notify(v.name+"/"+s.Name(), s.NotifyUp)
			t.fifos.Write(serverLine(v.core.Virtual, s, "UP"))
		}
	}
}

// quorum puts a change of the quorum into the journal and runs its script.
func (t *transitions) quorum(v *virtual, e lvs.QuorumChanged, reason string, at time.Time) {
	from, to, script := "UP", "DOWN", v.core.QuorumDown
	if e.Up {
		from, to, script = to, from, v.core.QuorumUp
	}
	if v.fresh {
		from = "INIT"
	}
	t.tell(journal.Entry{
		At: at, Kind: journal.QuorumState, Object: v.name, Mail: v.core.SMTPAlert.Val,
		Facts: map[string]string{
			journal.FactVirtual: v.name, journal.FactFrom: from, journal.FactTo: to, journal.FactReason: reason,
			journal.FactWeight: strconv.Itoa(e.Weight), journal.FactQuorum: strconv.Itoa(e.Quorum), journal.FactHysteresis: strconv.Itoa(e.Hysteresis),
		},
	})
	t.notify(v.name, script)
	t.fifos.Write(virtualLine(v.core.Virtual, to))
}

// begins runs the script of a virtual server that begins well.
func (t *transitions) begins(v *virtual) {
	t.notify(v.name, v.core.QuorumUp)
	t.fifos.Write(virtualLine(v.core.Virtual, "UP"))
}

// notify runs a program of the operator, after those of the same object that
// were there before it.
func (t *transitions) notify(object string, c model.Command) {
	if !c.Written() {
		return
	}
	job := script.Job{Argv: c.Argv, User: c.User.Val.Name, Group: c.User.Val.Group, Secure: t.secure}
	t.scripts.Add(object, job, func(r script.Result) {
		t.unrun.Ran(object, lineOf(c), r)
		if !r.OK() {
			t.tell(scriptFailed(object, c, r))
		}
	})
}

func scriptFailed(object string, c model.Command, r script.Result) journal.Entry {
	return journal.Entry{Kind: journal.ScriptFailed, Object: object, Facts: map[string]string{
		journal.FactCommand: lineOf(c), journal.FactReason: r.String(),
	}}
}

func lineOf(c model.Command) string {
	if c.Line == "" {
		return strings.Join(c.Argv, " ")
	}
	return c.Line
}

// keep forgets the programs that could not be run and that no virtual server names.
func (t *transitions) keep(list []*virtual) {
	named := sync.OnceValue(func() map[[2]string]bool { return commandsOf(list) }) // mostly nobody asks
	t.unrun.Keep(func(object, command string) bool { return named()[[2]string{object, command}] })
}

// commandsOf are the programs that the virtual servers name, each with its object.
func commandsOf(list []*virtual) map[[2]string]bool {
	named := map[[2]string]bool{}
	for _, v := range list {
		for _, c := range []model.Command{v.core.QuorumUp, v.core.QuorumDown} {
			named[[2]string{v.name, lineOf(c)}] = true
		}
		for _, s := range v.core.Servers {
			for _, c := range []model.Command{s.NotifyUp, s.NotifyDown} {
				named[[2]string{v.name + "/" + s.Name(), lineOf(c)}] = true
			}
		}
	}
	return named
}

// leave tells of the servers of v that were up and are not in what follows it,
// and of its quorum where nothing does. Their down scripts run, as keepalived
// runs them when a reload leaves them out, and with omega at the end.
func (t *transitions) leave(v, next *virtual, reason string, now time.Time) {
	for i := range v.servers {
		if v.state.Servers[i].Up() && !next.has(&v.core.Servers[i]) {
			t.server(v, lvs.ServerChanged{Server: i}, reason, "", now)
		}
	}
	if v.state.Quorum && next == nil {
		t.quorum(v, lvs.QuorumChanged{Quorum: v.core.Quorum(), Hysteresis: v.core.Hysteresis()}, reason, now)
	}
}
