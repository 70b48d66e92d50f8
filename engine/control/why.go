package control

import (
	"strconv"
	"time"

	"holdfast/engine/journal"
)

// Why is why an instance is in its role, in one sentence and a sum. Its words are
// "why.CODE".
type Why struct {
	Code     string        `json:"code"`               // one of code.Whys
	Sum      string        `json:"sum,omitempty"`      // of the priority: "150 - 60 (chk) = 90"; "" where nothing is added
	Own      uint8         `json:"own_priority"`       // effective
	From     string        `json:"from,omitempty"`     // source address of the other router: the master that a backup hears, or who was heard last
	Priority uint8         `json:"priority,omitempty"` // of the other router
	In       time.Duration `json:"in,omitempty"`       // nanoseconds until a backup takes over, if it hears nothing else
	Reason   string        `json:"reason,omitempty"`   // of a fault: one of code.Blocks or code.Reasons
	Object   string        `json:"object,omitempty"`   // what the fault is about
	Ifs      []If          `json:"if,omitempty"`
}

// If is what a tracked thing would change if it failed now or came back. Its words are
// "if.CODE", after "if.fails" or "if.comes-back".
type If struct {
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Fails    bool   `json:"fails"`              // else it comes back
	Priority uint8  `json:"priority,omitempty"` // that the instance would have
	Code     string `json:"code"`               // one of code.Ifs
	From     string `json:"from,omitempty"`
	Peer     uint8  `json:"peer_priority,omitempty"`
}

// Facts are what the words may name.
func (w Why) Facts() map[string]string {
	return map[string]string{journal.FactFrom: w.From, journal.FactPriority: strconv.Itoa(int(w.Priority)), "own": strconv.Itoa(int(w.Own)),
		"in": about(w.In), journal.FactReason: w.Reason, journal.FactAbout: w.Object}
}

// Facts are what the words may name.
func (i If) Facts() map[string]string {
	return map[string]string{journal.FactFrom: i.From, journal.FactPriority: strconv.Itoa(int(i.Priority)), "peer": strconv.Itoa(int(i.Peer)), "name": i.Name}
}
