package explain

import (
	"maps"

	"holdfast/engine/control"
	"holdfast/engine/model"
)

// Note is one thing to be said of a line. Its sentence has the id "explain.CODE" in
// assets, with these arguments; of Does it is that of Directive ("directive.ID"), of
// Blocked that of Held ("held.CODE").
type Note struct {
	Code      Code
	Args      map[string]string
	Directive *model.Directive // of Does
	Held      *control.Blocked // of Blocked
}

// Code says which note it is.
type Code string

// What a line that is no statement is.
const (
	Nothing      Code = "nothing"    // a blank line
	IsComment    Code = "comment"    //
	ForOtherNode Code = "other-node" // Mark
	Defines      Code = "defines"    // Name, Value
	DefinesOn    Code = "defines-on" // Name
	Begins       Code = "begin"      // Block
	Ends         Code = "end"        // Block
	Reads        Code = "reads"      // File
	ReadsNone    Code = "reads-none" //
)

// What the words of a statement do, or what it means that they are not acted on.
const (
	Does       Code = "does"
	KeptHere   Code = "kept-here"   // a finding says why
	Within     Code = "within"      // Block, which is passed over
	KeptWithin Code = "kept-within" // Block, which is kept
)

// Why a statement has no operations.
const (
	There   Code = "there"   // the kernel has it
	Sorry   Code = "sorry"   // it serves only while no other server does
	Out     Code = "out"     // it takes no connections at the start
	Settled Code = "settled" // nothing about it has to change
	Blocked Code = "blocked" // nobody would hold it here
)

// Codes are all codes whose sentence is "explain.CODE".
var Codes = []Code{Nothing, IsComment, ForOtherNode, Defines, DefinesOn, Begins, Ends, Reads, ReadsNone, KeptHere, Within, KeptWithin, There, Sorry, Out, Settled}

func note(code Code, name, value string) Note {
	return Note{Code: code, Args: map[string]string{name: value}}
}

func (n Note) equal(o Note) bool {
	return n.Code == o.Code && n.Directive == o.Directive && n.Held == o.Held && maps.Equal(n.Args, o.Args)
}
