package vrrprole

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"holdfast/engine/control"
	"holdfast/engine/fifo"
	"holdfast/engine/model"
	"holdfast/engine/script"
	"holdfast/engine/vrrp"
)

// pipesOf are the FIFOs that this role writes.
func pipesOf(g model.Global) (list []fifo.Pipe) {
	for _, w := range []struct {
		fifo   model.Opt[model.Fifo]
		reader model.Command
	}{{g.FifoVRRP, g.FifoVRRPScript}, {g.Fifo, g.FifoScript}} {
		if !w.fifo.Written {
			continue
		}
		p := fifo.Pipe{Path: w.fifo.Val.Path, User: w.fifo.Val.Owner.Name, Group: w.fifo.Val.Owner.Group}
		if w.reader.Written() {
			p.Reader = jobOf(g, w.reader, 0)
		}
		list = append(list, p)
	}
	return list
}

// instanceLine and groupLine are keepalived's, whose groups have no priority.
func instanceLine(name, state string, priority uint8) string {
	return fmt.Sprintf("INSTANCE \"%s\" %s %d\n", name, state, priority)
}

func groupLine(name string, to vrrp.Role) string { return fmt.Sprintf("GROUP \"%s\" %s 0\n", name, to) }

// writeStates writes the states of the sync groups, which are all that keepalived 2.2.7
// writes for fifo_write_vrrp_states_on_reload.
func (l *loop) writeStates() {
	for _, t := range l.teams {
		if t.group != nil {
			l.notify.fifos.Write(groupLine(t.group.Name, t.role()))
		}
	}
}

// readerEnded tells of a reader that ended, or that could not be run.
func (n notifier) readerEnded(log *slog.Logger) func(fifo.Pipe, script.Result) {
	return func(p fifo.Pipe, r script.Result) {
		command := strings.Join(p.Reader.Argv, " ")
		n.unrun.Ran(p.Path, command, r)
		if r.Err != nil {
			n.tell(scriptNotified{p.Path, command, r.String()})
			return
		}
		log.Warn("reader of a FIFO ended and is not started again before the next reload", "path", p.Path, "how", r.String())
	}
}

// closeFIFOs ends the readers after what was written last. A successor finds the FIFOs of
// a handoff.
func (l *loop) closeFIFOs() {
	ctx, cancel := context.WithTimeout(context.Background(), readerGrace)
	defer cancel()
	if err := l.notify.fifos.Close(ctx, l.ending == control.Handoff); err != nil {
		l.log.Warn(err.Error())
	}
}
