package vrrprole

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
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

// heldLine is a line about a change of an instance or a group.
type heldLine struct {
	group bool
	name  string
	to    vrrp.Role
	text  string
}

func (n notifier) write(line heldLine) {
	if n.held == nil {
		n.fifos.Write(line.text)
		return
	}
	*n.held = append(*n.held, line)
}

// inOrder writes the lines of what do does in keepalived's order: at the start it names
// groups before instances, at the end behind them, each in the order of the text. What
// becomes master comes behind those that begin.
func (l *loop) inOrder(groupsFirst bool, do func()) {
	var lines []heldLine
	l.notify.held = &lines
	do()
	l.notify.held = nil
	if len(lines) < 2 {
		l.writeLines(lines)
		return
	}
	place := map[[2]string]int{}
	for i, g := range l.cfg.Groups {
		place[[2]string{"GROUP", g.Name}] = i
	}
	for i, in := range l.cfg.Instances {
		place[[2]string{"INSTANCE", in.Name}] = i
	}
	rank := func(h heldLine) (first, second int) {
		switch {
		case h.to == vrrp.Master:
			return 2, 0
		case h.group:
			first, second = 1, place[[2]string{"GROUP", h.name}]
		default:
			first, second = 1, place[[2]string{"INSTANCE", h.name}]
		}
		if h.group == groupsFirst {
			first = 0
		}
		return first, second
	}
	slices.SortStableFunc(lines, func(a, b heldLine) int {
		firstA, secondA := rank(a)
		firstB, secondB := rank(b)
		return cmp.Or(cmp.Compare(firstA, firstB), cmp.Compare(secondA, secondB))
	})
	l.writeLines(lines)
}

func (l *loop) writeLines(lines []heldLine) {
	for _, line := range lines {
		l.notify.fifos.Write(line.text)
	}
}

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
