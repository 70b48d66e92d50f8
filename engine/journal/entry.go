package journal

import "time"

// Entry is one thing that happened. Seq counts from 1 within a node's role and
// goes on over restarts; At is the instant on the node.
type Entry struct {
	Seq    uint64            `json:"seq"`
	Node   string            `json:"node"`
	Role   string            `json:"role"` // "vrrp" or "lvs"
	At     time.Time         `json:"at"`
	Kind   Kind              `json:"kind"`
	Object string            `json:"object,omitempty"` // stable identity, e.g. VI_1 or tcp:192.0.2.100:80/192.0.2.33:80
	Mail   bool              `json:"mail,omitempty"`   // the configuration asks for a mail (smtp_alert in force)
	Facts  map[string]string `json:"facts,omitempty"`
}

// Kind says what sort of thing happened. The words of each kind are in assets
// under "journal.KIND".
type Kind string

// The kinds, with their facts.
const (
	// InstanceState: an instance changed state. Facts: from, to (INIT BACKUP
	// MASTER FAULT STOP), reason, priority.
	InstanceState Kind = "instance-state"
	// GroupState: a sync group changed state. Facts: from, to, reason.
	GroupState Kind = "group-state"
	// ServerState: a real server went up or down. Facts: virtual, server, from,
	// to (UP DOWN), reason (what the last check said; removed, stopped), check.
	ServerState Kind = "server-state"
	// ServerOrder: an operator had a real server drained, switched off, weighed otherwise
	// or brought back. Facts: virtual, server, from, to (drain off weight back; from may be
	// none), weight (of weight), owner, note.
	ServerOrder Kind = "server-order"
	// ServerDrained: nothing is left that the drain of a real server waits for, so it is
	// safe to stop it. Facts: virtual, server, owner, note, took.
	ServerDrained Kind = "server-drained"
	// DrainOverdue: something is still left at the time by which an operator wanted a drain
	// to be over. Facts: virtual, server, owner, note, count.
	DrainOverdue Kind = "drain-overdue"
	// Maintenance: an operator began or ended the maintenance of the node. Facts: to (on
	// off), owner, note.
	Maintenance Kind = "maintenance"
	// HandOver: an operator had addresses handed over, or what became of that. Facts: to
	// (asks moved kept back ended), reason (handed-over maintenance, may be none), holder,
	// owner, note.
	HandOver Kind = "hand-over"
	// QuorumState: a virtual server gained or lost its quorum. Facts: virtual,
	// from, to (UP DOWN), weight, quorum, hysteresis, reason.
	QuorumState Kind = "quorum-state"
	// PriorityChange: an instance's effective priority changed. Facts: from, to, reason.
	PriorityChange Kind = "priority-change"
	// ScriptState: a track script changed its verdict. Facts: from, to (OK FAILED), reason.
	ScriptState Kind = "script-state"
	// SessionState: a BFD session changed state. Facts: from, to (ADMIN_DOWN DOWN INIT
	// UP), reason.
	SessionState Kind = "session-state"
	// ScriptFailed: a notify or quorum script could not run or failed. Facts: command, reason.
	ScriptFailed Kind = "script-failed"
	// Applied: a configuration became the running one. Facts: hash, previous, operations.
	Applied Kind = "applied"
	// Confirmed: an apply was kept. Facts: hash.
	Confirmed Kind = "confirmed"
	// Reverted: nobody confirmed, or the operator took it back. Facts: hash, previous, reason.
	Reverted Kind = "reverted"
	// Refused: a configuration was not taken. Facts: hash, reason.
	Refused Kind = "refused"
	// Held: something wished cannot be done now. Facts: object, code, reason.
	Held Kind = "held"
	// Unheld: the cause of a Held went away. Facts: object, code.
	Unheld Kind = "unheld"
	// KernelError: an operation was refused by the kernel. Facts: operation, reason.
	KernelError Kind = "kernel-error"
	// Drift: somebody else changed what is ours. Facts: operation, reason.
	Drift Kind = "drift"
	// Started: the role began. Facts: pid, how (fresh, resumed, adopted).
	Started Kind = "started"
	// Stopped: the role ended. Facts: pid, how (release, handoff, orphan).
	Stopped Kind = "stopped"
	// Lost: entries fell out of the ring before they were read. Facts: count.
	Lost Kind = "lost"
	// Notice: something an operator should know once. Facts: code, reason.
	Notice Kind = "notice"
)
