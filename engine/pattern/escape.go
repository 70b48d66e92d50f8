package pattern

import (
	"strconv"
	"strings"
)

// literal is a character as both engines read it, in a class and outside.
func literal(r rune) string {
	switch {
	case r < ' ' || r == 0x7f:
		return `\x` + string("0123456789abcdef"[r>>4]) + string("0123456789abcdef"[r&15])
	case r < 0x7f && !isWord(r):
		return `\` + string(r)
	}
	return string(r)
}

func isWord(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r == ' '
}

// escape reads what stands behind a backslash outside a class.
func (s *scanner) escape() {
	if s.at == len(s.in) {
		s.fail(`\ at the end`)
		return
	}
	if r, ok := s.character(false); ok {
		s.put(literal(s.alphabet.of(r)))
		return
	}
	if s.opts.ucp && s.take("W") {
		s.rich = true
		s.put("[^" + posixUCP["word"] + "]")
		return
	}
	if set, ok := s.set(); ok {
		s.put("(?-i:[" + set + "])") // sets have no case, or ask for one
		return
	}
	c := s.in[s.at]
	s.at++
	switch c {
	case 'A', 'z':
		s.stand(`\` + string(c))
	case 'Z':
		s.rich = true
		s.stand(`(?=\n?\z)`)
	case 'G':
		s.rich = true
		s.stand(`\G`)
	case 'b', 'B':
		s.boundary(c == 'B')
	case 'C':
		switch {
		case s.opts.neverC:
			s.fail(`\C`)
		case s.alphabet == utf:
			s.lack(`\C`)
		default:
			s.put("(?s:.)")
		}
	case 'E': // the end of what did not begin
	case 'Q':
		s.quoted()
	case 'K': // moves only where the match is said to begin
		s.stand("")
	case 'N':
		s.put(`[^\n]`)
		if s.at < len(s.in) && s.in[s.at] == '{' && s.repeats() == "" {
			s.fail(`\N{`)
		}
	case 'R':
		s.rich = true
		s.put(`(?>\r\n|[` + s.vertical().text() + `])`)
	case 'g':
		s.reference()
	case 'k':
		s.named()
	case 'X':
		s.lack(`\X`)
	default:
		if c >= '1' && c <= '9' {
			s.at--
			n, _ := strconv.Atoi(s.digits(3, "0123456789"))
			s.back(n)
			return
		}
		s.fail(`\` + string(c))
	}
}

// quoted is what stands between \Q and \E.
func (s *scanner) quoted() {
	for s.at < len(s.in) && !s.take(`\E`) {
		s.put(literal(s.alphabet.of(s.char())))
	}
}

// boundary is \b: with ASCII letters only, unless ucp is asked for.
func (s *scanner) boundary(not bool) {
	if s.alphabet == apart || s.opts.ucp {
		s.stand(map[bool]string{false: `\b`, true: `\B`}[not])
		return
	}
	s.rich = true
	const at = `(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))`
	s.stand(map[bool]string{false: at, true: "(?!" + at + ")"}[not])
}

// plainEscapes are the escapes of single characters.
var plainEscapes = map[byte]rune{'a': 7, 'e': 27, 'f': 12, 'n': '\n', 'r': '\r', 't': '\t'}

// character reads an escape that stands for one character; false leaves it unread.
func (s *scanner) character(inClass bool) (rune, bool) {
	c := s.in[s.at]
	if r, ok := plainEscapes[c]; ok {
		s.at++
		return r, true
	}
	switch {
	case c == 'b' && inClass:
		s.at++
		return '\b', true
	case c == 'c' && s.at+1 < len(s.in):
		s.at += 2
		return rune(strings.ToUpper(s.in[s.at-1 : s.at])[0] ^ 64), true
	case c == 'o':
		s.at++
		return s.braced(8)
	case c == 'x':
		s.at++
		return s.hex()
	case c == 'u' && s.opts.bsux:
		s.at++
		if n := s.in[s.at:min(s.at+4, len(s.in))]; len(n) == 4 && strings.Trim(n, "0123456789abcdefABCDEF") == "" {
			s.at += 4
			return s.number(n, 16)
		}
		return 'u', true
	case c == 'U' && s.opts.bsux:
		s.at++
		return 'U', true
	case c >= '0' && c <= '9':
		return s.octal(inClass)
	case c >= 0x80, !isWord(rune(c)), c == '_', c == ' ':
		return s.char(), true
	}
	return 0, false
}

// hex reads what stands behind \x.
func (s *scanner) hex() (rune, bool) {
	if s.opts.bsux {
		if n := s.in[s.at:min(s.at+2, len(s.in))]; len(n) == 2 && strings.Trim(n, "0123456789abcdefABCDEF") == "" {
			s.at += 2
			return s.number(n, 16)
		}
		return 'x', true
	}
	if s.at < len(s.in) && s.in[s.at] == '{' {
		return s.braced(16)
	}
	return s.number("0"+s.digits(2, "0123456789abcdefABCDEF"), 16)
}

// braced reads a number in braces.
func (s *scanner) braced(base int) (rune, bool) {
	end := strings.IndexByte(s.in[s.at:], '}')
	if end < 2 || s.in[s.at] != '{' {
		s.fail(s.in[s.at-2:])
		return 0, true
	}
	text := s.in[s.at+1 : s.at+end]
	s.at += end + 1
	return s.number(text, base)
}

// octal reads \012 and, where it is no back reference, \12.
func (s *scanner) octal(inClass bool) (rune, bool) {
	if s.in[s.at] == '0' {
		return s.number(s.digits(3, "01234567"), 8)
	}
	decimal := s.in[s.at:]
	decimal = decimal[:len(decimal)-len(strings.TrimLeft(decimal, "0123456789"))]
	n, err := strconv.Atoi(decimal)
	if !inClass && err == nil && (n < 10 || n <= s.total) {
		return 0, false
	}
	if s.in[s.at] >= '8' {
		s.at++
		return rune(s.in[s.at-1]), true
	}
	return s.number(s.digits(3, "01234567"), 8)
}

// digits reads at most so many of some digits.
func (s *scanner) digits(most int, of string) string {
	from := s.at
	for s.at < len(s.in) && s.at-from < most && strings.IndexByte(of, s.in[s.at]) >= 0 {
		s.at++
	}
	return s.in[from:s.at]
}

// number is a character by its number.
func (s *scanner) number(text string, base int) (rune, bool) {
	n, err := strconv.ParseUint(text, base, 32)
	if err != nil || s.alphabet != utf && n > 0xff || n > 0x10ffff || n >= 0xd800 && n < 0xe000 {
		s.fail("no character: " + text)
		return 0, true
	}
	return rune(n), true
}
