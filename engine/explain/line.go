package explain

import (
	"slices"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// Line is one line of a text and what is known of it.
type Line struct {
	Text     string
	Kind     Kind
	Became   []Statement
	More     int    // statements beyond those
	Plain    bool   // they are the line as it is written
	About    []Note // what a line that is no statement is
	Effect   []Note // what its words do, or what it means that they are not acted on
	Findings []model.Finding
	Causes   []int // operations of the plan
	Adds     []int // operations of other lines that it is a part of
	Why      Note  // why it has no operations, where it could have; Code is "" elsewhere

	could bool // it has operations where the kernel lacks what it asks for
}

// Statement is what became of a line, expanded, under its own name. At is its place
// in the text: the file is the section.
type Statement struct {
	Text string
	At   conf.Span
}

// Kind is what became of a line; of several kinds the last one counts.
type Kind string

// The kinds.
const (
	Blank      Kind = "blank"
	Comment    Kind = "comment"
	Brace      Kind = "brace"
	Include    Kind = "include"
	Definition Kind = "definition"
	OtherNode  Kind = "other-node"
	Unread     Kind = "unread"
	Obsolete   Kind = "obsolete"
	Kept       Kind = "kept"
	Acted      Kind = "acted"
)

// Kinds are all kinds in the order in which they are counted.
var Kinds = []Kind{Acted, Kept, Obsolete, Unread, Comment, Blank, Brace, Definition, Include, OtherNode}

// Statement says whether a line of this kind is, or was meant to be, a statement.
func (k Kind) Statement() bool { return k == Acted || k == Kept || k == Obsolete || k == Unread }

// worse says whether a comes before b in the order of what may become of a line.
func worse(a, b Kind) bool { return a != "" && slices.Index(Kinds, a) > slices.Index(Kinds, b) }

// found says whether one of the codes was found on the line.
func (l *Line) found(codes ...string) bool {
	return slices.ContainsFunc(l.Findings, func(f model.Finding) bool { return slices.Contains(codes, f.Code) })
}

// kept says whether a finding tells that the statement is not acted on. Of a value
// a note speaks of an option only.
func (l *Line) kept(value bool) bool {
	return slices.ContainsFunc(l.Findings, func(f model.Finding) bool {
		return f.Code == "kept-not-acted" && (!value || f.Severity == model.Warning)
	})
}
