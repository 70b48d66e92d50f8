package cards

import (
	"slices"
	"strings"
)

// Fault is what is wrong with one answer. People read the sentence "ui.fault.CODE" of
// assets, with the Args.
type Fault struct {
	Code  string
	Field string // the name of the question; "": of none
	Args  map[string]string
}

// The codes of faults, with their Args.
const (
	NoCard       = "no-card"            // there is no card Name; Hint, or "", was probably meant; Names are all
	NoQuestion   = "card-question"      // the card has no question Name; Hint, or "", was probably meant; Names are all
	Missing      = "card-missing"       // the question Name needs an answer
	NotChoice    = "card-choice"        // Value is none of Values
	NotWord      = "card-word"          // Value is not one word
	NotAddress   = "card-address"       // Value is no address
	NotNumber    = "card-number"        // Value is no number from Least to Most
	NotServer    = "card-server"        // Value is no real server
	ServerTwice  = "card-server-twice"  // the real server Value is named twice
	OtherFamily  = "card-family"        // Value is of another family than Address
	LongPassword = "card-password"      // the password has N bytes; 8 count
	NoPassword   = "card-password-v6"   // routers of IPv6 have no password
	WhichLink    = "card-interface"     // no interface has a network with Address; Names are the interfaces
	VRIDUsed     = "card-vrid-used"     // the virtual router Router of the text has the number VRID on Interface
	VRIDHeard    = "card-vrid-heard"    // From advertises VRID on Interface with Addresses
	VRIDUnknown  = "card-vrid-unknown"  // the second node has to be told the number of the first
	VRIDFull     = "card-vrid-full"     // each number is taken on Interface
	ServiceThere = "card-service"       // the text has the service Name already
	AddressTwice = "card-address-twice" // the address Value is that of another answer, or of a router of the text
)

// Error is the code and its facts, for a log.
func (f *Fault) Error() string {
	var facts []string
	for name, value := range f.Args {
		facts = append(facts, name+"="+value)
	}
	slices.Sort(facts)
	return strings.TrimSpace(f.Field + ": " + f.Code + " " + strings.Join(facts, " "))
}

// Faults are all that is wrong with the answers; the order is that of the questions.
type Faults []*Fault

func (f Faults) Error() string {
	all := make([]string, len(f))
	for i, one := range f {
		all[i] = one.Error()
	}
	return strings.Join(all, "; ")
}

// Unwrap gives each fault, so that a caller can look for one.
func (f Faults) Unwrap() []error {
	all := make([]error, len(f))
	for i, one := range f {
		all[i] = one
	}
	return all
}

// refuse makes a Fault; args are names and values in turn.
func refuse(code, field string, args ...string) *Fault {
	f := &Fault{Code: code, Field: field, Args: map[string]string{}}
	for i := 0; i+1 < len(args); i += 2 {
		f.Args[args[i]] = args[i+1]
	}
	return f
}

func list(names []string) string { return strings.Join(names, ", ") }
