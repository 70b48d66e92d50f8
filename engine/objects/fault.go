package objects

import "strings"

// Fault is the error of an order that does not fit the text. People read the sentence
// "ui.fault.CODE" of assets, with the Args.
type Fault struct {
	Code string
	Args map[string]string
}

// The codes of faults, with their Args.
const (
	NoObject      = "no-object"      // there is no object Name
	ObjectThere   = "object-there"   // there is an object Name already
	ObjectOff     = "object-off"     // the object Name is disabled
	ObjectName    = "object-name"    // Name is no name of such an object
	NoDirective   = "no-directive"   // a Block has no directive Word; Hint, or "", was probably meant
	DirectiveForm = "directive-form" // the directive Word cannot have such a value: Value
	ObjectShared  = "object-shared"  // lines of the object Name hold something else, so that it cannot be disabled
)

// Error is the code and its facts, for a log.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.Code)
	for _, name := range []string{"Name", "Word", "Block", "Value", "Hint"} {
		if v := f.Args[name]; v != "" {
			b.WriteString(" " + name + "=" + v)
		}
	}
	return b.String()
}

// refuse makes a Fault; args are names and values in turn.
func refuse(code string, args ...string) *Fault {
	f := &Fault{Code: code, Args: map[string]string{}}
	for i := 0; i+1 < len(args); i += 2 {
		f.Args[args[i]] = args[i+1]
	}
	return f
}
