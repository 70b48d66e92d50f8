package pattern

import (
	"strings"
	"unicode/utf8"
)

// alphabet is how the bytes of a text are shown to an engine that knows characters.
type alphabet int

const (
	// apart gives bytes from 128 on characters that have no case, are no letter and
	// no blank: PCRE2 without utf knows them as nothing else.
	apart alphabet = iota
	latin          // a byte is the character of its number: with ucp, or where a property is asked for
	utf            // UTF-8
)

// aside is where the bytes from 128 on stand in the alphabet apart: in Unicode's area
// for private use.
const aside = 0xE000

// most is the greatest character of the alphabet.
func (a alphabet) most() rune {
	if a == utf {
		return utf8.MaxRune
	}
	return a.of(0xff)
}

// of is how a character of a pattern is shown.
func (a alphabet) of(r rune) rune {
	if a == apart && r >= 0x80 {
		return aside + r
	}
	return r
}

// text shows a text to an engine.
func (a alphabet) text(text []byte) string {
	if a == utf {
		return string(text)
	}
	var b strings.Builder
	b.Grow(len(text))
	for _, c := range text {
		b.WriteRune(a.of(rune(c)))
	}
	return b.String()
}

// at is the offset in that text, in bytes of the original, of a place in what text
// gave of it.
func (a alphabet) at(shown string, place int) int {
	if a == utf {
		return place
	}
	return utf8.RuneCountInString(shown[:place])
}
