package conf

import "strings"

// mended says how to read braces that do not add up: before which tokens a
// closing brace is missing (and how many), and which closing braces are too many.
// Both are guesses from the indentation, so that one slip is reported once and
// where a person would look for it.
type mended struct {
	close  map[int]int
	ignore map[int]bool
}

// level is an open block as its indentation shows it. inner is the column of the
// first statement inside, or -1 while there is none on a line of its own.
type level struct {
	indent, inner int
	line          int32
}

func mend(tokens []Token) mended {
	missing, extra := count(tokens)
	if missing > 0 || extra > 0 {
		m, _ := guess(tokens, missing, extra)
		return m
	}
	// The count is right, but one slip may hide another: that is believed only
	// where each brace that seems missing has one that seems too many.
	seem, _ := guess(tokens, len(tokens), 0)
	if n := seem.closed(); n > 0 {
		if m, even := guess(tokens, n, n); even && m.closed() == len(m.ignore) {
			return m
		}
	}
	return mended{}
}

func (m mended) closed() int {
	n := 0
	for _, c := range m.close {
		n += c
	}
	return n
}

// guess reads the indentation for at most so many missing and extra braces. even
// says whether everything closes with them.
func guess(tokens []Token, missing, extra int) (m mended, even bool) {
	m = mended{close: map[int]int{}, ignore: map[int]bool{}}
	even = true
	var stack []level
	indent := 0
	for i, t := range tokens {
		first := t.first
		if first {
			indent = width(t)
		}
		if first && t.kind != closing {
			for missing > 0 && len(stack) > 0 && beside(stack[len(stack)-1], indent) && opens(tokens[i:]) {
				m.close[i]++
				missing--
				stack = stack[:len(stack)-1]
			}
			if n := len(stack); n > 0 && stack[n-1].inner < 0 && t.Line > stack[n-1].line {
				stack[n-1].inner = indent
			}
		}
		switch t.kind {
		case open:
			stack = append(stack, level{indent, -1, t.Line})
		case closing:
			if first && missing > 0 {
				for n := skipped(stack, indent); n > 0 && missing > 0; n-- {
					m.close[i]++
					missing--
					stack = stack[:len(stack)-1]
				}
			}
			n := len(stack)
			if first && extra > 0 && n > 0 && stack[n-1].inner > stack[n-1].indent && indent == stack[n-1].inner {
				m.ignore[i] = true
				extra--
				continue
			}
			if n == 0 {
				even = false
				continue
			}
			stack = stack[:n-1]
		}
	}
	return m, even && len(stack) == 0
}

// count gives how many blocks stay open, and how many closing braces close nothing.
func count(tokens []Token) (missing, extra int) {
	for i := range tokens {
		switch tokens[i].kind {
		case open:
			missing++
		case closing:
			if missing == 0 {
				extra++
			} else {
				missing--
			}
		}
	}
	return missing, extra
}

// beside says whether a statement at indent stands beside an indented block
// rather than in it.
func beside(top level, indent int) bool { return top.inner > top.indent && indent <= top.indent }

// opens says whether the line that begins with tokens opens a block and leaves
// it open.
func opens(tokens []Token) bool {
	depth := 0
	for i, t := range tokens {
		if i > 0 && t.first {
			break
		}
		switch t.kind {
		case open:
			depth++
		case closing:
			depth--
		}
	}
	return depth > 0 || len(tokens) > 1 && depth == 0 && nextOpens(tokens)
}

// nextOpens says whether the first token of the next line is an opening brace.
func nextOpens(tokens []Token) bool {
	for i, t := range tokens {
		if i > 0 && t.first {
			return t.kind == open
		}
	}
	return false
}

// skipped says how many blocks a closing brace at indent passes over to reach
// the block it lines up with.
func skipped(stack []level, indent int) int {
	for n := 0; n < len(stack); n++ {
		if stack[len(stack)-1-n].indent == indent {
			return n
		}
		if stack[len(stack)-1-n].indent < indent {
			return 0
		}
	}
	return 0
}

// width is the indentation of the first token of a line, with tabs of eight.
func width(t Token) int {
	lead := t.Lead[strings.LastIndexByte(t.Lead, '\n')+1:]
	w := 0
	for _, c := range lead {
		if c == '\t' {
			w += 8 - w%8
		} else {
			w++
		}
	}
	return w
}
