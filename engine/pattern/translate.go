package pattern

import (
	"strings"
	"unicode/utf8"
)

// scanner reads a pattern construct by construct and writes it for the engines.
type scanner struct {
	in       string
	at       int
	out      strings.Builder
	opts     options
	alphabet alphabet
	rich     bool // Go's own engine lacks a construct of it
	total    int  // groups of the whole pattern
	groups   int  // those that have begun
	open     []group
	atom     int // where in out the last thing that can be repeated begins; -1: nothing has
	names    map[string]bool
	twice    bool // a name may be given again
	problem  *Problem
}

// group is what a parenthesis changes up to its end.
type group struct {
	start                          int // where it begins in out
	extended, multiline, noCapture bool
	ungreedy                       bool
}

// translate reads a pattern twice: what \11 means depends on how many groups there
// are, and what a byte is on whether properties are asked for.
func translate(text string, opts options) (*scanner, error) {
	text, opts, problem := leading(text, opts)
	s := &scanner{in: text, opts: opts, total: 99}
	switch {
	case opts.utf:
		s.alphabet = utf
	case opts.ucp || properties(text):
		s.alphabet = latin
	}
	counted := *s
	counted.read()
	if problem == nil {
		problem = counted.problem
	}
	s.total = counted.groups
	s.read()
	if problem == nil {
		problem = s.problem
	}
	if problem != nil {
		return nil, problem
	}
	return s, nil
}

// leading takes off the settings that a pattern may begin with, such as (*UTF).
func leading(text string, opts options) (string, options, *Problem) {
	for strings.HasPrefix(text, "(*") {
		end := strings.IndexByte(text, ')')
		if end < 0 {
			break
		}
		switch name := text[2:end]; {
		case name == "UTF" && opts.neverUTF, name == "UCP" && opts.neverUCP:
			return text, opts, &Problem{What: text[:end+1]}
		case name == "UTF":
			opts.utf = true
		case name == "UCP":
			opts.ucp = true
		case name == "LF", name == "NO_AUTO_POSSESS", name == "NO_DOTSTAR_ANCHOR", name == "NO_JIT", name == "NO_START_OPT", strings.HasPrefix(name, "LIMIT_"):
		default:
			return text, opts, &Problem{Foreign: true, What: text[:end+1]}
		}
		text = text[end+1:]
	}
	if opts.utf && opts.neverUTF || opts.ucp && opts.neverUCP {
		return text, opts, &Problem{What: "never_utf, never_ucp"}
	}
	return text, opts, nil
}

// properties says whether a pattern asks for a property such as \p{L}.
func properties(text string) bool {
	for i := 0; i+1 < len(text); i++ {
		if text[i] == '\\' {
			if i++; text[i] == 'p' || text[i] == 'P' {
				return true
			}
		}
	}
	return false
}

func (s *scanner) read() {
	o := s.opts
	s.open = []group{{extended: o.extended, multiline: o.multiline, noCapture: o.noCapture, ungreedy: o.ungreedy}}
	if flags := mark("i", o.caseless) + mark("s", o.dotall); flags != "" {
		s.out.WriteString("(?" + flags + ")")
	}
	s.atom, s.names, s.twice = -1, map[string]bool{}, o.dupNames
	if s.alphabet == utf && !utf8.ValidString(s.in) {
		s.fail("no UTF-8")
	}
	for s.at < len(s.in) && s.problem == nil {
		s.construct()
	}
	if len(s.open) > 1 {
		s.fail("missing )")
	}
}

func mark(flag string, on bool) string {
	if on {
		return flag
	}
	return ""
}

// fail notes the first thing that is wrong with the pattern.
func (s *scanner) fail(what string) {
	if s.problem == nil {
		s.problem = &Problem{What: what}
	}
}

// lack notes the first construct that the engines do not have.
func (s *scanner) lack(what string) {
	if s.problem == nil {
		s.problem = &Problem{Foreign: true, What: what}
	}
}

func (s *scanner) top() *group { return &s.open[len(s.open)-1] }

// take reads text if it comes next.
func (s *scanner) take(text string) bool {
	if !strings.HasPrefix(s.in[s.at:], text) {
		return false
	}
	s.at += len(text)
	return true
}

// put writes a thing that can be repeated.
func (s *scanner) put(text string) {
	s.atom = s.out.Len()
	s.out.WriteString(text)
}

// stand writes a condition on a place, which cannot be repeated.
func (s *scanner) stand(text string) {
	s.out.WriteString(text)
	s.atom = -1
}

// construct reads the next construct.
func (s *scanner) construct() {
	c := s.in[s.at]
	switch {
	case s.top().extended && strings.IndexByte(" \t\n\v\f\r", c) >= 0:
		s.at++
	case s.top().extended && c == '#':
		end := strings.IndexByte(s.in[s.at:], '\n')
		if end < 0 {
			end = len(s.in) - s.at - 1
		}
		s.at += end + 1
	case c == '\\':
		s.at++
		s.escape()
	case c == '[':
		s.at++
		s.put(s.class())
	case c == '(':
		s.at++
		s.begin()
	case c == ')':
		s.at++
		s.end()
	case c == '|':
		s.at++
		s.out.WriteByte('|')
		s.atom = -1
	case c == '^':
		s.at++
		s.start()
	case c == '$':
		s.at++
		s.finish()
	case c == '.':
		s.at++
		s.put(".")
	case s.repeats() != "":
		s.repeat(s.repeats())
	default:
		s.put(literal(s.alphabet.of(s.char())))
	}
}

// char reads one character of the pattern.
func (s *scanner) char() rune {
	r, size := rune(s.in[s.at]), 1
	if s.alphabet == utf {
		r, size = utf8.DecodeRuneInString(s.in[s.at:])
	}
	s.at += size
	return r
}

// start is a circumflex.
func (s *scanner) start() {
	switch {
	case !s.top().multiline:
		s.stand(`\A`)
	case s.opts.circumflex:
		s.rich = true
		s.stand(`(?:\A|(?<=\n))`)
	default: // behind the last line feed no line begins
		s.rich = true
		s.stand(`(?:\A|(?<=\n)(?!\z))`)
	}
}

// finish is a dollar.
func (s *scanner) finish() {
	switch {
	case s.top().multiline:
		s.rich = true
		s.stand(`(?=\n|\z)`)
	case s.opts.dollarEnd:
		s.stand(`\z`)
	default: // before a last line feed, too
		s.rich = true
		s.stand(`(?=\n?\z)`)
	}
}

// repeats is the quantifier that comes next, without what makes it lazy or
// possessive; "" where none does.
func (s *scanner) repeats() string {
	rest := s.in[s.at:]
	if strings.IndexByte("*+?", rest[0]) >= 0 {
		return rest[:1]
	}
	if rest[0] != '{' {
		return ""
	}
	end := strings.IndexByte(rest, '}')
	if end < 0 {
		return ""
	}
	from, to, _ := strings.Cut(rest[1:end], ",")
	if from == "" || strings.Trim(from+to, "0123456789") != "" {
		return ""
	}
	return rest[:end+1]
}

func (s *scanner) repeat(quantifier string) {
	s.at += len(quantifier)
	if s.atom < 0 {
		s.fail("nothing to repeat: " + quantifier)
		return
	}
	possessive := s.take("+")
	lazy := !possessive && s.take("?") != s.top().ungreedy
	s.out.WriteString(quantifier)
	switch {
	case possessive:
		s.rich = true
		written := s.out.String()
		s.out.Reset()
		s.out.WriteString(written[:s.atom] + "(?>" + written[s.atom:] + ")")
	case lazy:
		s.out.WriteByte('?')
	}
	s.atom = -1
}
