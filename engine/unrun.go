package engine

import (
	"slices"
	"sync"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/script"
)

// Unrun are the programs that are told of transitions and could not be run when they
// were to be told last. Many may use it at once.
type Unrun struct {
	note func(journal.Entry)

	mu   sync.Mutex // guards list
	list []control.Blocked
}

// NewUnrun makes an empty one; note is told when a program begins to be among them,
// and when it ends.
func NewUnrun(note func(journal.Entry)) *Unrun { return &Unrun{note: note} }

// Ran takes note of how a command of an object went.
func (u *Unrun) Ran(object, command string, r script.Result) {
	u.mu.Lock()
	defer u.mu.Unlock()
	at := slices.IndexFunc(u.list, func(b control.Blocked) bool { return b.Object == object && b.Args["command"] == command })
	switch {
	case r.Err == nil && at < 0:
	case r.Err == nil:
		u.tell(journal.Unheld, u.list[at])
		u.list = slices.Delete(u.list, at, at+1)
	case at >= 0:
		u.list[at].Args = map[string]string{"command": command, "reason": r.Err.Error()}
	default:
		b := control.Blocked{Object: object, Code: code.NotifyNotRun, Args: map[string]string{"command": command, "reason": r.Err.Error()}}
		u.list = append(u.list, b)
		u.tell(journal.Held, b)
	}
}

// Keep forgets those that has says no of: the configuration does not name them any more.
func (u *Unrun) Keep(has func(object, command string) bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.list = slices.DeleteFunc(u.list, func(b control.Blocked) bool {
		gone := !has(b.Object, b.Args["command"])
		if gone {
			u.tell(journal.Unheld, b)
		}
		return gone
	})
}

// Held lists them for a status.
func (u *Unrun) Held() []control.Blocked {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.list)
}

func (u *Unrun) tell(kind journal.Kind, b control.Blocked) {
	facts := map[string]string{journal.FactObject: b.Object, journal.FactCode: b.Code, journal.FactCommand: b.Args["command"]}
	if kind == journal.Held {
		facts[journal.FactReason] = b.Args["reason"]
	}
	u.note(journal.Entry{Kind: kind, Object: b.Object, Facts: facts})
}
