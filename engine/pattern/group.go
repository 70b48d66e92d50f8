package pattern

import (
	"strconv"
	"strings"
)

// begin reads what stands behind an opening parenthesis.
func (s *scanner) begin() {
	switch {
	case s.take("?#"):
		end := strings.IndexByte(s.in[s.at:], ')')
		if end < 0 {
			s.fail("missing ) behind a comment")
			return
		}
		s.at += end + 1
	case s.take("*"):
		end := strings.IndexAny(s.in[s.at:], ":)")
		s.lack("(*" + s.in[s.at:s.at+max(end, 0)] + ")")
	case s.take("?:"):
		s.enter("(?:")
	case s.take("?>"):
		s.rich = true
		s.enter("(?>")
	case s.look():
	case s.take("?P<"), s.take("?<"):
		s.name(">")
	case s.take("?'"):
		s.name("'")
	case s.take("?P="):
		s.atom = s.out.Len()
		s.backTo(s.until(")"))
	case s.take("?|"):
		s.lack("(?|")
	case s.take("?P>"), s.take("?&"), s.take("?R"):
		s.lack("(?R)")
	case s.take("?C"): // nobody is called
		if strings.Trim(s.until(")"), "0123456789") != "" {
			s.lack("(?C")
		}
	case s.take("?("):
		s.condition()
	case s.take("?"):
		s.settings()
	case s.top().noCapture:
		s.enter("(?:")
	default:
		s.groups++
		s.enter("(")
	}
}

// enter opens a group, which begins with what holds outside.
func (s *scanner) enter(written string) {
	g := *s.top()
	g.start = s.out.Len()
	s.open = append(s.open, g)
	s.out.WriteString(written)
	s.atom = -1
}

func (s *scanner) end() {
	if len(s.open) == 1 {
		s.fail("unmatched )")
		return
	}
	s.atom = s.top().start
	s.open = s.open[:len(s.open)-1]
	s.out.WriteByte(')')
}

// look reads the beginning of a look-around.
func (s *scanner) look() bool {
	for _, sign := range []string{"?=", "?!", "?<=", "?<!"} {
		if s.take(sign) {
			s.rich = true
			s.enter("(" + sign)
			return true
		}
	}
	return false
}

func (s *scanner) until(end string) string {
	at := strings.Index(s.in[s.at:], end)
	if at < 0 {
		s.fail("missing " + end)
		return ""
	}
	text := s.in[s.at : s.at+at]
	s.at += at + len(end)
	return text
}

// name opens a group that has one.
func (s *scanner) name(end string) {
	name := s.until(end)
	if name == "" || strings.Trim(name[:1], "0123456789") == "" || strings.IndexFunc(name, func(r rune) bool { return r == ' ' || !isWord(r) }) >= 0 {
		s.fail("name of a group: " + name)
	}
	if s.names[name] && !s.twice {
		s.fail("name given twice: " + name)
	}
	s.names[name] = true
	s.rich = true // Go's engine takes each name once
	s.groups++
	s.enter("(?<" + name + ">")
}

// settings reads (?i), (?i-s:, (?^x) and their kin; a digit asks for recursion.
func (s *scanner) settings() {
	if s.at < len(s.in) && strings.IndexByte("0123456789+", s.in[s.at]) >= 0 ||
		s.at+1 < len(s.in) && s.in[s.at] == '-' && s.in[s.at+1] >= '0' && s.in[s.at+1] <= '9' {
		s.lack("(?" + s.until(")") + ")")
		return
	}
	g := *s.top()
	on, flags := true, ""
	if s.take("^") {
		g.extended, g.multiline, g.noCapture = false, false, false
		flags = "-is"
	}
	var set, unset string
	for s.at < len(s.in) && s.in[s.at] != ')' && s.in[s.at] != ':' && s.problem == nil {
		c := s.in[s.at]
		s.at++
		switch c {
		case '-':
			on = false
		case 'i', 's':
			if on {
				set += string(c)
			} else {
				unset += string(c)
			}
		case 'm':
			g.multiline = on
		case 'x':
			if on && s.take("x") {
				s.lack("(?xx)")
			}
			g.extended = on
		case 'n':
			g.noCapture = on
		case 'U':
			g.ungreedy = on
		case 'J':
			s.twice = on
		default:
			s.fail("(?" + string(c))
		}
	}
	if flags != "" {
		unset = strings.Map(func(r rune) rune {
			if strings.ContainsRune(set, r) {
				return -1
			}
			return r
		}, "is")
	}
	flags = set
	if unset != "" {
		flags += "-" + unset
	}
	switch {
	case s.take(":"):
		s.enter("(?" + flags + ":")
		g.start = s.top().start
		*s.top() = g
	case s.take(")"):
		g.start = s.top().start
		*s.top() = g
		if flags != "" {
			s.out.WriteString("(?" + flags + ")")
		}
		s.atom = -1
	default:
		s.fail("missing )")
	}
}

// condition reads (?(1)yes|no) and (?(?=x)yes|no), of which "(?(" was read.
func (s *scanner) condition() {
	s.rich = true
	if s.at < len(s.in) && s.in[s.at] == '?' {
		s.enter("(?")
		if s.take("?C") {
			s.lack("(?(?C")
		}
		if !s.at1("?=", "?!", "?<=", "?<!") {
			s.fail("condition")
		}
		s.look()
		return
	}
	text := s.until(")")
	name := strings.Trim(text, "<>'")
	switch n, err := strconv.Atoi(name); {
	case text == "R", strings.HasPrefix(text, "R&"), text == "DEFINE", strings.HasPrefix(text, "VERSION"), len(text) > 1 && text[0] == 'R' && strings.Trim(text[1:], "0123456789") == "":
		s.lack("(?(" + text + ")")
	case err == nil && strings.HasPrefix(text, "+"):
		name = strconv.Itoa(s.groups + n)
	case err == nil && n < 0:
		name = strconv.Itoa(s.groups + 1 + n)
	case err == nil && n > s.total:
		s.fail("no group " + name)
	}
	s.enter("(?(" + name + ")")
}

// at1 says whether one of these comes next.
func (s *scanner) at1(texts ...string) bool {
	for _, t := range texts {
		if strings.HasPrefix(s.in[s.at:], t) {
			return true
		}
	}
	return false
}

// reference reads what stands behind \g.
func (s *scanner) reference() {
	switch {
	case s.at1("<", "'"):
		s.lack(`\g` + s.in[s.at:s.at+1])
	case s.take("{"):
		s.backTo(s.until("}"))
	default:
		sign := ""
		if s.take("-") {
			sign = "-"
		} else if s.take("+") {
			sign = "+"
		}
		s.backTo(sign + s.digits(5, "0123456789"))
	}
}

// named reads what stands behind \k.
func (s *scanner) named() {
	switch {
	case s.take("{"):
		s.backTo(s.until("}"))
	case s.take("<"):
		s.backTo(s.until(">"))
	case s.take("'"):
		s.backTo(s.until("'"))
	default:
		s.fail(`\k`)
	}
}

// backTo writes a back reference to a group by its name, its number, or how far
// before or behind it is.
func (s *scanner) backTo(text string) {
	n, err := strconv.Atoi(text)
	switch {
	case text == "":
		s.fail("reference to no group")
	case err != nil:
		s.reach(text)
	case text[0] == '-':
		s.back(s.groups + 1 + n)
	case text[0] == '+':
		s.back(s.groups + n)
	default:
		s.back(n)
	}
}

func (s *scanner) back(n int) {
	if n < 1 || n > s.total {
		s.fail("no group " + strconv.Itoa(n))
		return
	}
	s.reach(strconv.Itoa(n))
}

// reach writes a back reference.
func (s *scanner) reach(group string) {
	s.rich = true
	if s.opts.unsetBackref {
		s.put("(?(" + group + `)\k<` + group + ">)")
		return
	}
	s.put(`\k<` + group + ">")
}
