package probe

import (
	"fmt"
	"sync"

	"holdfast/engine/model"
	"holdfast/engine/pattern"
)

// maxMatched is how many bytes of an answer are looked at beyond where a match may
// begin.
const maxMatched = 1 << 20

// patterns keeps what was compiled, by what was asked for. The zero value is ready.
type patterns struct{ known sync.Map }

// wish is how the answer from a URL is matched. keepalived passes over offsets that
// leave no place.
func wish(u model.URL) pattern.Wish {
	w := pattern.Wish{Text: string(u.Regex.Val), Options: u.RegexOptions, From: int(u.RegexMin.Val), To: int(u.RegexMax.Val), Bounded: u.RegexMax.Written}
	if w.Bounded && w.From > w.To {
		w.From, w.To, w.Bounded = 0, 0, false
	}
	return w
}

// of gives the pattern of a URL. Its error is a *pattern.Problem.
func (p *patterns) of(u model.URL) (*pattern.Pattern, error) {
	w := wish(u)
	key := fmt.Sprintf("%q %q %d %d %v", w.Text, w.Options, w.From, w.To, w.Bounded)
	if known, ok := p.known.Load(key); ok {
		return known.(*pattern.Pattern), nil
	}
	compiled, err := pattern.Compile(w)
	if err != nil {
		return nil, err
	}
	p.known.Store(key, compiled)
	return compiled, nil
}

// found says whether an answer matches: the whole of it, or what comes behind its
// header. keepalived 2.2.7 looks at what has come with the end of the header, and
// then at what comes later: a match in either is one there, as the segments fall.
func found(p *pattern.Pattern, got reply) (bool, error) {
	for _, text := range [][]byte{got.answer, got.answer[got.head:]} {
		if matches, err := p.Match(text); matches || err != nil {
			return matches, err
		}
	}
	return false, nil
}

// beginning keeps as much of what is written to it as most says.
type beginning struct {
	text []byte
	most int
}

func (b *beginning) Write(p []byte) (int, error) {
	b.text = append(b.text, p[:min(len(p), max(0, b.most-len(b.text)))]...)
	return len(p), nil
}
