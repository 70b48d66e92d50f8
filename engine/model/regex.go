package model

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/pattern"
)

// Regex is a pattern as keepalived's library reads it.
type Regex string

// RegexOptions are words of regex_options, as they are written.
type RegexOptions []string

// scanRegex reads the one word that a pattern is. As in a command both quotes count
// and a backslash stands for the character behind it: keepalived reads "\\d" for \d.
func (l *line) scanRegex(p *Regex) bool {
	words := conf.Split(l.n.Rest())
	if len(words) == 0 {
		return l.missing()
	}
	l.at = len(l.n.Words)
	if len(words) > 1 {
		l.at = 2
		return l.fail(Warning, "regex-words", words[1])
	}
	text, _, _ := strings.Cut(words[0], "\x00") // where its library stops reading
	*p = Regex(text)
	return true
}

func regexOptionsKind() *kind {
	return &kind{
		name: "names", typ: typeFor[RegexOptions](), full: true,
		scan:  func(l *line, p any) bool { return l.scanRegexOptions(p.(*RegexOptions)) },
		words: func(_ *directive, p any) string { return strings.Join(*p.(*RegexOptions), " ") },
		none:  func(p any) bool { return len(*p.(*RegexOptions)) == 0 },
		equal: func(a, b any) bool { return slices.Equal(*a.(*RegexOptions), *b.(*RegexOptions)) },
	}
}

// scanRegexOptions adds options; lines of them add up.
func (l *line) scanRegexOptions(p *RegexOptions) bool {
	w, ok := l.value()
	if !ok {
		return false
	}
	for ; ok; w, ok = l.next() {
		if !slices.Contains(pattern.Names, w) {
			l.fail(Warning, "unknown-regex-option", w, "Hint", nearest(w, pattern.Names))
			continue
		}
		*p = append(*p, w)
	}
	return true
}

// lintRegex reports a pattern that does not match what its author thinks, and words
// that count beside a pattern only.
func (b *binder) lintRegex(u *URL, n *conf.Node) {
	if !u.Regex.Written {
		for _, word := range []string{"regex_no_match", "regex_options", "regex_min_offset", "regex_max_offset"} {
			if at := last(n, word); at != nil && last(n, "regex") == nil {
				b.report(Warning, "without-regex", at.Words[0].Span(), "Word", word)
			}
		}
		return
	}
	if u.RegexMax.Written && u.RegexMin.Val > u.RegexMax.Val {
		b.report(Warning, "regex-offsets", b.spanOf(&u.RegexMin, n), "Least", strconv.Itoa(int(u.RegexMin.Val)), "Most", strconv.Itoa(int(u.RegexMax.Val)))
	}
	var problem *pattern.Problem
	if !errors.As(b.compiled(pattern.Wish{Text: string(u.Regex.Val), Options: u.RegexOptions}), &problem) {
		return
	}
	id := "regex-refused"
	if problem.Foreign {
		id = "regex-not-here"
	}
	b.report(Warning, id, b.spanOf(&u.Regex, n), "Value", string(u.Regex.Val), "What", problem.What)
}

// compiled is the error of a pattern: of one that many servers share only once.
func (b *binder) compiled(w pattern.Wish) error {
	key := w.Text + "\n" + strings.Join(w.Options, " ")
	err, known := b.names.patterns[key]
	if !known {
		_, err = pattern.Compile(w)
		if b.names.patterns == nil {
			b.names.patterns = map[string]error{}
		}
		b.names.patterns[key] = err
	}
	return err
}
