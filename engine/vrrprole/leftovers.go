package vrrprole

import (
	"slices"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
)

// leftovers are the nftables tables of a keepalived that ended without taking them
// away: they drop what comes to its virtual addresses. They are named, not removed.
type leftovers struct {
	note   func(journal.Entry)
	tables []string
}

// foundTables are the tables of keepalived that are there now.
type foundTables []string

func (f foundTables) reach(l *loop) {
	if l.leftovers.set(f); len(f) > 0 {
		l.later()
	}
}

// set takes note of the tables that are there, and tells of those that came or went.
func (o *leftovers) set(found []string) {
	tell := func(kind journal.Kind, list, others []string) {
		for _, table := range list {
			if !slices.Contains(others, table) {
				o.note(journal.Entry{Kind: kind, Facts: map[string]string{journal.FactObject: table, journal.FactCode: code.LeftoverTable}})
			}
		}
	}
	tell(journal.Held, found, o.tables)
	tell(journal.Unheld, o.tables, found)
	o.tables = found
}

func (o *leftovers) held() (list []control.Blocked) {
	for _, table := range o.tables {
		list = append(list, control.Blocked{Code: code.LeftoverTable, Args: map[string]string{"object": table}})
	}
	return list
}
