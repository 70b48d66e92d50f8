package conf

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Token is one word or brace as it stands in the text. Lead is everything
// between the token before it and this one: blanks, line ends, comments.
type Token struct {
	Lead, Raw string
	Line, Col int32 // from 1; columns count characters
	end       int32 // column of the end, where it is not that of Raw
	file      uint16
	kind      kind
}

// Value is the word without its quotes. Inside quotes an ordinary word has no
// escapes; outside, \! and \# stand for the character. A last backslash that guards
// nothing is left out where no way of writing the word would keep it.
func (t Token) Value() string {
	value := t.Raw
	switch {
	case t.kind&joined != 0:
		return Unquote(strings.TrimRight(strings.TrimSuffix(t.Raw, `\`), " \t")) + `\`
	case t.kind&bare == 0:
		value = Unquote(t.Raw)
	}
	if guarding(value) && Unquote(Quote(value)) != value {
		return value[:len(value)-1]
	}
	return value
}

// Unquote gives the value of a word as it is written.
func Unquote(raw string) string {
	t := Token{Raw: raw}
	if strings.IndexByte(raw, '"') < 0 && strings.IndexByte(raw, '\\') < 0 {
		return raw
	}
	if t.Quoted() {
		inside := raw[1:]
		if t.Closed() || guarding(inside) { // which guards nothing at the end of a line
			inside = inside[:len(inside)-1]
		}
		return inside
	}
	return strings.NewReplacer(`\!`, "!", `\#`, "#").Replace(t.Raw)
}

// Closed says whether a word in quotes ends with one that a backslash does not
// make a character of the word.
func (t Token) Closed() bool {
	inside, ok := strings.CutSuffix(t.Raw[1:], `"`)
	return ok && !guarding(inside)
}

// guarding says whether s ends with a backslash that is for what follows.
func guarding(s string) bool { return (len(s)-len(strings.TrimRight(s, `\`)))%2 == 1 }

// Backslash says whether the word ends with the last backslash of its line, which
// keepalived takes for a part of it, whatever stands between. So no number and no address
// is one: keepalived's own test refuses each, though at run it takes what begins some.
func (t Token) Backslash() bool { return t.kind&joined != 0 }

// Quoted says whether the word stands in double quotes.
func (t Token) Quoted() bool { return strings.HasPrefix(t.Raw, `"`) }

// Span is the place of the token.
func (t Token) Span() Span {
	end := int(t.end)
	if end == 0 {
		end = int(t.Col) + utf8.RuneCountInString(t.Raw)
	}
	return Span{int(t.Line), int(t.Col), int(t.Line), end, int(t.file)}
}

// Comments are the comments that stand before the token, each with its mark.
func (t Token) Comments() []string {
	var found []string
	for line := range strings.Lines(t.Lead) {
		if i := strings.IndexAny(line, "!#"); i >= 0 {
			found = append(found, strings.TrimRight(line[i:], "\r\n"))
		}
	}
	return found
}

// Span is a place in a text: from a character to one past the last. File is the
// number of the text among the File's Names: 0 is the text itself, the others
// were included.
type Span struct {
	Line, Col, EndLine, EndCol int
	File                       int
}

// To is the place from the start of s to the end of t.
func (s Span) To(t Span) Span {
	if s.File != t.File {
		return s
	}
	return Span{s.Line, s.Col, t.EndLine, t.EndCol, s.File}
}

// String is the place as LINE:COL-LINE:COL.
func (s Span) String() string {
	return fmt.Sprintf("%d:%d-%d:%d", s.Line, s.Col, s.EndLine, s.EndCol)
}

// Beside is a word so many lines from the token, at a column: one of a comment.
func (t Token) Beside(word string, lines, col int) Token {
	return Token{Raw: word, Line: t.Line + int32(lines), Col: int32(col), file: t.file}
}
