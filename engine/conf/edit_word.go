package conf

import "strings"

// setWords changes the words between those that stay at the beginning and at the end.
func (d *Draft) setWords(s *site, words []string) Change {
	from, to, rest := differing(s.node().Words, words)
	return d.respell(s, from, to, words[from:rest])
}

// differing says that words from..to have to become values from..rest.
func differing(old []Token, values []string) (from, to, rest int) {
	for from < min(len(old), len(values)) && old[from].Value() == values[from] {
		from++
	}
	to, rest = len(old), len(values)
	for to > from && rest > from && old[to-1].Value() == values[rest-1] {
		to--
		rest--
	}
	if n := len(old); from == n && rest > from && old[n-1].Quoted() && !old[n-1].Closed() {
		from-- // its quote would take in what follows
	}
	return from, to, rest
}

// respell writes values in the place of words from..to of a statement. Where there
// was a word, the blanks before it stay.
func (d *Draft) respell(s *site, from, to int, values []string) Change {
	old := s.node().Words
	if len(values) == to-from {
		same := true
		for i, v := range values {
			same = same && old[from+i].Value() == v
		}
		if same {
			return Change{At: s.after}
		}
	}
	var b strings.Builder
	for i, v := range values {
		if i > 0 && from+i < to && old[from+i].Lead != "" {
			b.WriteString(old[from+i].Lead)
		} else if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(Quote(v))
	}
	written := b.String()
	var at, end int
	switch {
	case from < to && len(values) > 0:
		at, _ = s.word(from)
		_, end = s.word(to - 1)
		if from > 0 && old[from].Lead == "" && !parted(old[from-1].Raw, written) {
			written = " " + written
		}
	case from > 0: // behind another word
		_, at = s.word(from - 1)
		end = at
		if from < to {
			_, end = s.word(to - 1)
		}
		if len(values) > 0 {
			written = " " + written
		}
	default: // at the beginning
		at, _ = s.word(0)
		if end, _ = s.word(to); len(values) > 0 {
			written += " "
		}
	}
	return Change{At: at, Old: d.text[at:end], New: d.apart(written, end)}
}

// apart puts a blank behind what is written where the next byte would change it.
func (d *Draft) apart(written string, next int) string {
	if written == "" || next == len(d.text) || blank(d.text[next]) || d.text[next] == '\n' || blank(written[len(written)-1]) {
		return written
	}
	switch d.text[next] {
	case '{', '}', '!', '#':
		if strings.HasSuffix(written, "$") || guarding(written) {
			return written + " "
		}
		return written
	}
	if t, ok := d.next(next); ok && int(t.at) == next && !parted(written, d.text[t.at:t.end]) {
		return written + " "
	}
	return written
}

// parted says whether two words are read as two without a blank between them.
func parted(first, second string) bool {
	if strings.HasPrefix(second, `"`) {
		return !guarding(first)
	}
	return strings.HasSuffix(first, `"`) && !guarding(first[:len(first)-1])
}
