package cards

import "holdfast/engine/model"

// Kind is a sort of answer. Its text is its name in the API.
type Kind string

// The kinds of answers.
const (
	Choice    Kind = "choice"    // one of Values
	Interface Kind = "interface" // the name of a network interface
	Address   Kind = "address"   // an IP address; a length of prefix may follow
	Number    Kind = "number"    // from Least to Most
	VRID      Kind = "vrid"      // the number of a virtual router, 1 to 255
	Word      Kind = "word"      // one word
	Password  Kind = "password"  // of VRRP, 8 bytes at most
	Servers   Kind = "servers"   // addresses with a weight each, one a line or behind commas
)

// Field is a question of a card.
type Field struct {
	Name        string
	Kind        Kind
	Need        bool // there is no default
	Default     string
	Values      []string // of a choice; of a word what is usual
	Least, Most int      // of a number
}

// Card is an intention and its questions, in the order in which they are asked.
type Card struct {
	Name   string
	Fields []Field
	write  func(*writer) // appends the blocks
}

// Here is what a card may know of the host and of what is heard on its links.
type Here struct {
	Facts model.Facts
	Heard []Heard
}

// Heard is a router whose adverts are heard.
type Heard struct {
	Interface string
	VRID      uint8
	From      string
	Addresses []string
}

// Made is the text that a card comes to.
type Made struct {
	Text    string            // the old text with the lines behind it
	Added   string            // those lines
	Answers map[string]string // with what was left to the card filled in, if it is not a plain default
	Service string            // the name that the engine gives the virtual server; "": there is none
	Direct  bool              // its real servers answer the clients themselves, and have to be readied for that
}

// The names of questions that several cards have.
const (
	nodeField      = "node"
	addressField   = "address"
	interfaceField = "interface"
	vridField      = "vrid"
	passwordField  = "password"
	portField      = "port"
	serversField   = "servers"
	methodField    = "method"
)

// First and Second are the answers to which of the two nodes a text is for.
const (
	First  = "first"
	Second = "second"
)

// The questions that all cards begin with.
var (
	whichNode   = Field{Name: nodeField, Kind: Choice, Default: First, Values: []string{First, Second}}
	virtual     = Field{Name: addressField, Kind: Address, Need: true}
	outside     = Field{Name: interfaceField, Kind: Interface}
	routerID    = Field{Name: vridField, Kind: VRID}
	secret      = Field{Name: passwordField, Kind: Password}
	realServers = Field{Name: serversField, Kind: Servers, Need: true}
	webPort     = Field{Name: portField, Kind: Number, Default: "80", Least: 1, Most: 65535}
)

// All gives the cards in the order in which they are offered.
func All() []Card {
	return []Card{pairCard, natCard, farmCard, proxyCard, portCard}
}

// Find gives the card with a name. Fault: NoCard.
func Find(name string) (Card, error) {
	var names []string
	for _, c := range All() {
		if c.Name == name {
			return c, nil
		}
		names = append(names, c.Name)
	}
	return Card{}, Faults{refuse(NoCard, "", "Name", name, "Hint", model.Nearest(name, names), "Names", list(names))}
}
