package vrrprole

import (
	"strconv"
	"strings"
	"time"

	"holdfast/engine"
	"holdfast/engine/fifo"
	"holdfast/engine/model"
	"holdfast/engine/script"
	"holdfast/engine/vrrp"
)

// notifyPatience is how long a notify script may keep back the next one of the
// same object.
const notifyPatience = 30 * time.Second

// notifyGrace is how long notify scripts have at the end of the role.
const notifyGrace = time.Second

// readerGrace is how long the readers of FIFOs have at the end of the role.
const readerGrace = 3 * time.Second

// notifier runs the notify scripts, those of one object one after the other.
type notifier struct {
	queue *script.Queue
	tell  func(input)
	unrun *engine.Unrun
	fifos *fifo.Writer
	held  *[]heldLine // of the FIFOs; not nil: they wait until all of this moment are there
}

// scriptNotified says that a notify script did not do its work.
type scriptNotified struct{ object, command, reason string }

// state runs an instance's scripts for a change: first the one for the state, then
// the general one with keepalived's four more arguments.
func (n notifier) state(global model.Global, in model.Instance, e vrrp.Effect) {
	program, word := programFor(in.Notify, e.To), e.To.String()
	if e.Reason == vrrp.WasRemoved && in.NotifyDeleted.Written {
		program, word = in.NotifyDeleted.Val, "DELETED"
	}
	n.launch(global, in.Name, program)
	n.launch(global, in.Name, in.Notify.General, "INSTANCE", in.Name, word, strconv.Itoa(int(e.Priority)))
	n.write(heldLine{name: in.Name, to: e.To, text: instanceLine(in.Name, word, e.Priority)})
}

// group does the same for a sync group, whose priority is told as 0.
func (n notifier) group(global model.Global, g model.Group, e vrrp.Effect) {
	n.launch(global, g.Name, programFor(g.Notify, e.To))
	n.launch(global, g.Name, g.Notify.General, "GROUP", g.Name, e.To.String(), "0")
	n.write(heldLine{group: true, name: g.Name, to: e.To, text: groupLine(g.Name, e.To)})
}

// lower queues notify_master_rx_lower_pri, unless it waits already: their pace is set by
// the sender of such adverts.
func (n notifier) lower(global model.Global, in model.Instance, priority uint8) {
	if c := in.NotifyRxLower; c.Written() {
		job := jobOf(global, c, 0)
		n.queue.AddOnce(in.Name, "rx-lower", job, n.launched(in.Name, c))
	}
	n.fifos.Write(instanceLine(in.Name, "MASTER_RX_LOWER_PRI", priority))
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
func (n notifier) launch(global model.Global, object string, c model.Command, args ...string) {
	if c.Written() {
		n.queue.Add(object, jobOf(global, c, 0, args...), n.launched(object, c))
	}
}

// launched tells of a program that failed.
func (n notifier) launched(object string, c model.Command) func(script.Result) {
	return func(r script.Result) {
		n.unrun.Ran(object, strings.TrimSpace(c.Line), r)
		if !r.OK() {
			n.tell(scriptNotified{object, c.Line, r.String()})
		}
	}
}

// keep forgets the programs that could not be run and that cfg does not name.
func (n notifier) keep(cfg model.Config) {
	named := map[[2]string]bool{}
	note := func(object string, more model.Command, of model.Notify) {
		for _, c := range []model.Command{of.Master, of.Backup, of.Fault, of.Stop, of.General, more} {
			named[[2]string{object, strings.TrimSpace(c.Line)}] = true
		}
	}
	for _, in := range cfg.Instances {
		note(in.Name, in.NotifyRxLower, in.Notify)
	}
	for _, g := range cfg.Groups {
		note(g.Name, model.Command{}, g.Notify)
	}
	n.unrun.Keep(func(object, command string) bool { return named[[2]string{object, command}] })
}
