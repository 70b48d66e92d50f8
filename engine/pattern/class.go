package pattern

import (
	"slices"
	"strings"
)

// ranges are characters, from and to.
type ranges [][2]rune

// text are ranges as a class has them.
func (r ranges) text() string {
	var b strings.Builder
	for _, part := range r {
		b.WriteString(literal(part[0]))
		if part[1] > part[0] {
			b.WriteString("-" + literal(part[1]))
		}
	}
	return b.String()
}

// not are all other characters of an alphabet; r is in order.
func (r ranges) not(a alphabet) (other ranges) {
	next := rune(0)
	for _, part := range append(slices.Clone(r), [2]rune{a.most() + 1}) {
		if part[0] > next {
			other = append(other, a.span(next, part[0]-1)...)
		}
		next = part[1] + 1
	}
	return other
}

// span is a range without what the alphabet leaves out: that may have the case of
// what it has, as the sign of Kelvin has of k.
func (a alphabet) span(from, to rune) ranges {
	if a == apart && from < 0x80 && to >= 0x80 {
		return ranges{{from, 0x7f}, {a.of(0x80), to}}
	}
	return ranges{{from, to}}
}

// The sets of PCRE2 without Unicode's properties.
var (
	digit = ranges{{'0', '9'}}
	word  = ranges{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}
	blank = ranges{{'\t', '\r'}, {' ', ' '}}
	posix = map[string]ranges{
		"alnum": {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}, "alpha": {{'A', 'Z'}, {'a', 'z'}}, "ascii": {{0, 0x7f}}, "blank": {{'\t', '\t'}, {' ', ' '}},
		"cntrl": {{0, 0x1f}, {0x7f, 0x7f}}, "digit": digit, "graph": {{'!', '~'}}, "lower": {{'a', 'z'}}, "print": {{' ', '~'}},
		"punct": {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}, "space": blank, "upper": {{'A', 'Z'}}, "word": word, "xdigit": {{'0', '9'}, {'A', 'F'}, {'a', 'f'}},
	}
	posixUCP = map[string]string{"alnum": `\p{L}\p{N}`, "alpha": `\p{L}`, "digit": `\p{Nd}`, "lower": `\p{Ll}`, "upper": `\p{Lu}`, "word": `\p{L}\p{N}_`}
)

// horizontal are the characters of \h.
func (s *scanner) horizontal() ranges {
	r := ranges{{'\t', '\t'}, {' ', ' '}, {s.alphabet.of(0xa0), s.alphabet.of(0xa0)}}
	if s.alphabet == utf {
		r = append(r, ranges{{0x1680, 0x1680}, {0x180e, 0x180e}, {0x2000, 0x200a}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}}...)
	}
	return r
}

// vertical are the characters of \v.
func (s *scanner) vertical() ranges {
	r := ranges{{'\n', '\r'}, {s.alphabet.of(0x85), s.alphabet.of(0x85)}}
	if s.alphabet == utf {
		r = append(r, [2]rune{0x2028, 0x2029})
	}
	return r
}

// set reads an escape that stands for many characters, as a class has it; false
// leaves it unread.
func (s *scanner) set() (string, bool) {
	c := s.in[s.at]
	if c == 'p' || c == 'P' {
		return s.property(), true
	}
	var r ranges
	switch c {
	case 'd', 'D':
		r = digit
	case 'w', 'W':
		r = word
	case 's', 'S':
		r = blank
	case 'h', 'H':
		r = s.horizontal()
	case 'v', 'V':
		r = s.vertical()
	default:
		return "", false
	}
	s.at++
	upper := c < 'a'
	if s.opts.ucp && strings.IndexByte("dDsS", c) >= 0 {
		s.rich = true
		return `\` + string(c), true
	}
	if s.opts.ucp && (c == 'w' || c == 'W') {
		s.rich = true
		if upper {
			s.lack(`\W in a class, with ucp`)
		}
		return posixUCP["word"], true
	}
	if upper {
		r = r.not(s.alphabet)
	}
	return r.text(), true
}

// property reads \p{L}, \P{L}, \p{^L} and \pL.
func (s *scanner) property() string {
	s.rich = true
	not := s.in[s.at] == 'P'
	s.at++
	if s.at == len(s.in) {
		s.fail(`\p`)
		return ""
	}
	name := s.in[s.at : s.at+1]
	s.at++
	if name == "{" {
		end := strings.IndexByte(s.in[s.at:], '}')
		if end < 0 {
			s.fail(`\p{`)
			return ""
		}
		name = s.in[s.at : s.at+end]
		s.at += end + 1
	}
	if rest, ok := strings.CutPrefix(name, "^"); ok {
		name, not = rest, !not
	}
	if not {
		return `\P{` + name + "}"
	}
	return `\p{` + name + "}"
}

// class reads a class, of which the bracket was read, and gives it with brackets.
func (s *scanner) class() string {
	not := s.take("^")
	if s.opts.emptyClass && s.take("]") {
		if not {
			return "(?s:.)"
		}
		s.rich = true
		return "(?!)"
	}
	var b strings.Builder
	for first := true; first || !s.take("]"); first = false {
		if s.at == len(s.in) {
			s.fail("missing ]")
			return ""
		}
		b.WriteString(s.member())
	}
	text := b.String()
	if text == "" { // of \Q\E alone
		s.fail("empty class")
	}
	if not {
		return "[^" + text + "]"
	}
	return "[" + text + "]"
}

// member reads one member of a class: a character, a range, or a set.
func (s *scanner) member() string {
	if s.take(`\Q`) {
		return s.members()
	}
	if s.take(`\E`) {
		return ""
	}
	if set, ok := s.many(); ok {
		return set
	}
	from := s.single()
	if !s.ranged() {
		return literal(s.alphabet.of(from))
	}
	s.at++
	to := s.single()
	if to < from {
		s.fail("range out of order in a class")
	}
	return s.alphabet.span(s.alphabet.of(from), s.alphabet.of(to)).text()
}

// ranged says whether a hyphen and the end of a range come next.
func (s *scanner) ranged() bool {
	rest := s.in[s.at:]
	if len(rest) < 2 || rest[0] != '-' || rest[1] == ']' {
		return false
	}
	if strings.HasPrefix(rest[1:], `\E`) {
		return false
	}
	return rest[1] != '[' || posixName(rest[1:]) == ""
}

// single reads one character of a class.
func (s *scanner) single() rune {
	if s.take(`\`) {
		if s.at == len(s.in) {
			s.fail(`\ at the end`)
			return 0
		}
		r, ok := s.character(true)
		if !ok {
			s.fail(`\` + s.in[s.at:s.at+1])
			s.at++
		}
		return r
	}
	if s.at == len(s.in) {
		s.fail("missing ]")
		return 0
	}
	return s.char()
}

// members are the characters between \Q and \E.
func (s *scanner) members() string {
	var b strings.Builder
	for s.at < len(s.in) && !s.take(`\E`) {
		b.WriteString(literal(s.alphabet.of(s.char())))
	}
	return b.String()
}

// many reads a set in a class; false leaves it unread.
func (s *scanner) many() (string, bool) {
	if s.in[s.at] == '\\' && s.at+1 < len(s.in) {
		s.at++
		if set, ok := s.set(); ok {
			return set, true
		}
		s.at--
		return "", false
	}
	name := posixName(s.in[s.at:])
	if name == "" {
		return "", false
	}
	s.at += len(name) + 4
	name, not := strings.CutPrefix(name, "^")
	if set := posixUCP[name]; set != "" && s.opts.ucp {
		s.rich = true
		if not {
			s.lack("[:^" + name + ":]")
		}
		return set, true
	}
	r := posix[name]
	if r == nil {
		s.fail("[:" + name + ":]")
	}
	if not {
		r = r.not(s.alphabet)
	}
	return r.text(), true
}

// posixName is the name in [:name:], with its circumflex, "" where there is none.
func posixName(text string) string {
	rest, ok := strings.CutPrefix(text, "[:")
	end := strings.Index(rest, ":]")
	if !ok || end < 1 || strings.Trim(strings.TrimPrefix(rest[:end], "^"), "abcdefghijklmnopqrstuvwxyz") != "" {
		return ""
	}
	return rest[:end]
}
