package conf

// repairs says how to read braces that do not add up: before which tokens a
// closing brace is missing (and how many), and which closing braces are too many.
// Both are guesses from the indentation, so that one slip is reported once and
// where a person would look for it.
type repairs struct {
	close  map[int]int
	ignore map[int]bool
}

// level is an open block as its indentation shows it. inner is the column of the
// first statement inside, or -1 while there is none on a line of its own.
type level struct {
	indent, inner int
	line          int32
}

// repairBraces looks at the marks of a text, of which so many braces are missing or too
// many. lines are those of an expanded text.
func repairBraces(marks []mark, lines []int32, missing, extra int) repairs {
	if missing > 0 || extra > 0 {
		m, _ := guess(marks, lines, missing, extra)
		return m
	}
	// The count is right, but one slip may hide another: that is believed only
	// where each brace that seems missing has one that seems too many.
	seem, _ := guess(marks, lines, len(marks), 0)
	if n := seem.closed(); n > 0 {
		if m, even := guess(marks, lines, n, n); even && m.closed() == len(m.ignore) {
			return m
		}
	}
	return repairs{}
}

// none says whether the text is read as it stands.
func (m repairs) none() bool { return len(m.close) == 0 && len(m.ignore) == 0 }

func (m repairs) closed() int {
	n := 0
	for _, c := range m.close {
		n += c
	}
	return n
}

// guess reads the indentation for at most so many missing and extra braces. even
// says whether everything closes with them.
func guess(marks []mark, lines []int32, missing, extra int) (m repairs, even bool) {
	m = repairs{close: map[int]int{}, ignore: map[int]bool{}}
	even = true
	var stack []level
	in := 0
	for i := range marks {
		t := &marks[i]
		begins := t.kind&first != 0
		if begins {
			in = int(t.indent)
		}
		if begins && t.kind&closing == 0 {
			begins := missing > 0 && len(stack) > 0 && beside(stack[len(stack)-1], in) && opens(marks[i:])
			for begins && missing > 0 && len(stack) > 0 && beside(stack[len(stack)-1], in) {
				m.close[i]++
				missing--
				stack = stack[:len(stack)-1]
			}
			if n := len(stack); n > 0 && stack[n-1].inner < 0 && (lines == nil || lines[i] > stack[n-1].line) {
				stack[n-1].inner = in
			}
		}
		switch {
		case t.kind&open != 0:
			l := level{indent: in, inner: -1}
			if lines != nil {
				l.line = lines[i]
			}
			stack = append(stack, l)
		case t.kind&closing != 0:
			if begins && missing > 0 {
				for n := skipped(stack, in); n > 0 && missing > 0; n-- {
					m.close[i]++
					missing--
					stack = stack[:len(stack)-1]
				}
			}
			n := len(stack)
			if begins && extra > 0 && n > 0 && stack[n-1].inner > stack[n-1].indent && in == stack[n-1].inner {
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

// beside says whether a statement at indent stands beside an indented block
// rather than in it.
func beside(top level, indent int) bool { return top.inner > top.indent && indent <= top.indent }

// opens says whether the line that begins with marks opens a block and leaves
// it open.
func opens(marks []mark) bool {
	depth := 0
	for i, t := range marks {
		if i > 0 && t.kind&first != 0 {
			break
		}
		switch {
		case t.kind&open != 0:
			depth++
		case t.kind&closing != 0:
			depth--
		}
	}
	return depth > 0 || len(marks) > 1 && depth == 0 && nextOpens(marks)
}

// nextOpens says whether the first token of the next line is an opening brace.
func nextOpens(marks []mark) bool {
	for i, t := range marks {
		if i > 0 && t.kind&first != 0 {
			return t.kind&open != 0
		}
	}
	return false
}

// skipped says how many blocks a closing brace at indent passes over to reach
// the block it lines up with. It looks no further than blocks may nest.
func skipped(stack []level, indent int) int {
	for n := 0; n < min(len(stack), maxDepth); n++ {
		if stack[len(stack)-1-n].indent == indent {
			return n
		}
		if stack[len(stack)-1-n].indent < indent {
			return 0
		}
	}
	return 0
}
