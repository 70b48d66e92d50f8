package conf

// mark is a token as the lexer finds it: bytes at..end of the text. A text of a
// hundred thousand real servers has a million and more, so they hold no pointer
// and nothing that can be worked out later (see splitter).
type mark struct {
	at, end uint32
	indent  uint16 // of its line
	kind    kind
}

// kind is a set of what is known of a token.
type kind uint8

const (
	open    kind = 1 << iota // an opening brace
	closing                  // a closing brace
	first                    // on its line
	bare                     // a word without quotes and escapes
	joined                   // a last backslash of its line, behind blanks or a comment, is part of it
)

// word says whether the token is no brace.
func (k kind) word() bool { return k&(open|closing) == 0 }

// begins says whether a word behind a token of kind last begins a statement.
func (k kind) begins(last kind) bool { return k&first != 0 || !last.word() }
