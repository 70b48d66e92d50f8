package lvsrole

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"holdfast/engine/fifo"
	"holdfast/engine/model"
	"holdfast/engine/script"
)

// readerGrace is how long the readers of FIFOs have at the end of the role.
const readerGrace = 3 * time.Second

// pipesOf are the FIFOs that this role writes. The reader of notify_fifo, which both roles
// write, is started by the vrrp role, so that there is one.
func pipesOf(g model.Global) (list []fifo.Pipe) {
	if f := g.FifoLVS; f.Written {
		p := fifo.Pipe{Path: f.Val.Path, User: f.Val.Owner.Name, Group: f.Val.Owner.Group}
		if c := g.FifoLVSScript; c.Written() {
			as := c.User.Or(g.ScriptUser.Val)
			p.Reader = script.Job{Argv: c.Argv, User: as.Name, Group: as.Group, Secure: g.ScriptSecurity}
		}
		list = append(list, p)
	}
	if f := g.Fifo; f.Written {
		list = append(list, fifo.Pipe{Path: f.Val.Path, User: f.Val.Owner.Name, Group: f.Val.Owner.Group})
	}
	return list
}

// serverLine is keepalived's line for a real server, without the zero byte behind it.
func serverLine(v *model.Virtual, s model.Real, state string) string {
	protocol := v.Protocol.Val.String()
	if v.Of.Mark != 0 {
		protocol = "none" // a service by mark has no protocol
	}
	return fmt.Sprintf("RS %s %s %s\n", trio(s.Addr, s.Port, protocol), label(v), state)
}

// virtualLine is the same for a virtual server.
func virtualLine(v *model.Virtual, state string) string {
	return fmt.Sprintf("VS %s %s\n", label(v), state)
}

// label is what keepalived calls a virtual server.
func label(v *model.Virtual) string {
	switch {
	case v.Of.Group != "":
		return fmt.Sprintf("[%s]:%d", v.Of.Group, v.Port)
	case v.Of.Mark != 0:
		return fmt.Sprintf("FWM %d", v.Of.Mark)
	}
	return trio(v.Addr, v.Port, v.Protocol.Val.String())
}

func trio(a netip.Addr, port uint16, protocol string) string {
	return fmt.Sprintf("[%s]:%s:%d", a, protocol, port)
}

// readerEnded tells of a reader that ended, or that could not be run.
func (t *transitions) readerEnded(log *slog.Logger) func(fifo.Pipe, script.Result) {
	return func(p fifo.Pipe, r script.Result) {
		c := model.Command{Argv: p.Reader.Argv}
		t.unrun.Ran(p.Path, lineOf(c), r)
		if r.Err != nil {
			t.tell(scriptFailed(p.Path, c, r))
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
	if err := l.transitions.fifos.Close(ctx, l.handoff); err != nil {
		l.host.Log.Warn(err.Error())
	}
}
