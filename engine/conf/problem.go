package conf

// Problem is something wrong with the text itself. Codes: unmatched-quote,
// extra-brace, missing-brace, unexpected-brace, line-too-long, line-unread,
// nul-byte, bom, invalid-utf8, too-deep, too-large, too-many-words,
// comment-in-word, comment-backslash; and from expansion: definition-loop, definition-too-deep,
// definition-too-large, expansion-too-large, bad-generator,
// definition-ends-at-comment, mark-by-definition, include-missing, include-required,
// include-loop, include-too-many, include-quoted, include-misread, environment-unread, environment-missing, bad-random.
type Problem struct {
	Code string
	Span Span
	Args map[string]string
}

// notes gathers problems.
type notes struct {
	problems []Problem
	alike    map[string]int
}

// report adds a problem; args are names and values in turn.
func (n *notes) report(code string, s Span, args ...string) {
	if n.alike == nil {
		n.alike = map[string]int{}
	}
	if n.alike[code]++; n.alike[code] > maxAlike {
		return
	}
	p := Problem{Code: code, Span: s}
	for i := 0; i+1 < len(args); i += 2 {
		if p.Args == nil {
			p.Args = make(map[string]string, len(args)/2)
		}
		p.Args[args[i]] = args[i+1]
	}
	n.problems = append(n.problems, p)
}

// more is how many problems of a code were not listed.
func (n *notes) more() map[string]int {
	var more map[string]int
	for code, all := range n.alike {
		if all > maxAlike {
			if more == nil {
				more = map[string]int{}
			}
			more[code] = all - maxAlike
		}
	}
	return more
}
