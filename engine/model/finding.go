package model

import (
	"net/netip"

	"holdfast/engine/conf"
)

// Severity orders findings: a note asks for nothing, a warning for a look, an
// error keeps the text from being applied.
type Severity uint8

// The severities.
const (
	Note Severity = iota + 1
	Warning
	Error
)

// Range is a place in a file: lines and columns count from 1, columns in
// characters; End is one past the last character.
type Range struct {
	File            string
	Line, Col       int
	EndLine, EndCol int
}

// Finding is one thing found in a text. It is data: the sentence is made at
// the edge, in the reader's language, from Code and Args (message id
// "finding.CODE" in assets).
type Finding struct {
	Code     string
	Severity Severity
	Range    Range
	Args     map[string]string
	Hint     string // the word probably meant
}

// moreFindings is the code that stands for findings of another that are not listed.
const moreFindings = "more-findings"

// Times is for how many findings it stands.
func (f Finding) Times() int {
	if f.Code == moreFindings {
		return number(f.Args["Count"])
	}
	return 1
}

// Facts is what the text is held against on this host. Known false means that
// the host was not looked at, and nothing is said about it.
type Facts struct {
	Known      bool
	Interfaces []string
	Networks   []netip.Prefix            // of the addresses that are held here
	Addresses  map[string][]netip.Prefix // the same, by interface
	Bash       bool
	Node       string // host name, for @node lines and router_id
	// Files gives the texts that an include names (see conf.Options). Without it
	// an include is kept and not acted on.
	Files func(pattern, from string) ([]conf.Source, error)
	Env   func(name string) (string, bool)
	Work  int // what expansion may cost (see conf.Options)
	// Program looks at the program that a command's first word names, and User
	// whether there is an account. Without them nothing is said about either.
	Program func(word string) Program
	User    func(name string) bool
	// Root says whether a program of this user and group would run as root, under
	// script security if secure. Without it nothing is said about that.
	Root func(user, group string, secure bool) bool
	// Number is the number of a name in iproute2's files: of a table, protocol, scope, octet
	// (type of service), realms or group, or of an ipproto. Without it only the names that
	// need no file are known.
	Number func(kind, name string) (uint32, bool)
	// KeyFile reads the file of a key of auth_hmac. Without it such a key is not known.
	KeyFile func(path string) (KeyFile, error)
	// Command is told of every command, as it is written, and where; may be nil.
	Command func(c Command, at Range)
}

// Program is what a host knows of a program.
type Program struct {
	Found    bool   // it is there and can be run
	Writable string // the file, or the folder above it, that others than its owner and root may write
	Unsafe   string // what others than root may change on the way to it, so that script security refuses it as root
	// First is what is wrong with its first line, and Interpreter the program
	// that this line names.
	First       First
	Interpreter string
}

// First is what keeps the kernel from running a script by its first line.
type First string

// What may be wrong with a first line.
const (
	NoInterpreter      First = "none"            // no #!: a shell runs it
	EmptyProgram       First = "empty"           // nothing at all: the same
	MarkedProgram      First = "bom"             // a byte order mark before the #!: the same
	CarriageReturn     First = "carriage-return" // at its end: it cannot be run, or gets a wrong argument
	MissingInterpreter First = "interpreter"     // the interpreter is not there, or is no program: it cannot be run
)

// String is "note", "warning" or "error".
func (s Severity) String() string {
	switch s {
	case Note:
		return "note"
	case Warning:
		return "warning"
	}
	return "error"
}
