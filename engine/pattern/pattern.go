package pattern

import (
	"bytes"
	"fmt"
	"regexp"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// longest is what a match may take: the worst cases of an engine that goes back are
// slow.
const longest = time.Second

// Wish is a pattern and how it is to be matched. From and To bound where in the text
// a match begins, in bytes; To counts where Bounded.
type Wish struct {
	Text    string
	Options []string // of Names; others are passed over
	From    int
	To      int
	Bounded bool
}

// Problem is why a pattern is not matched.
type Problem struct {
	Foreign bool   // keepalived's library has it, the engines of Go have not
	What    string // the construct, or what is wrong with it
}

func (p *Problem) Error() string { return p.What }

// Pattern is a compiled Wish. It is safe for concurrent use.
type Pattern struct {
	wish      Wish
	alphabet  alphabet
	firstLine bool
	plain     *regexp.Regexp // where it will do
	rich      *regexp2.Regexp
}

// Compile reads a pattern. Its error is a *Problem.
func Compile(w Wish) (*Pattern, error) {
	opts := optionsOf(w.Options)
	s, err := translate(w.Text, opts)
	if err != nil {
		return nil, err
	}
	p := &Pattern{wish: w, alphabet: s.alphabet, firstLine: opts.firstLine}
	text := s.out.String()
	if !s.rich && w.From == 0 {
		if p.plain, err = regexp.Compile(text); err == nil {
			return p, nil
		}
	}
	if p.rich, err = regexp2.Compile(text, regexp2.OptionMaintainCaptureOrder()); err != nil {
		return nil, &Problem{What: err.Error()}
	}
	p.rich.MatchTimeout = longest
	return p, nil
}

// Match says whether the pattern matches text. An error says that the engine gave up.
func (p *Pattern) Match(text []byte) (bool, error) {
	if p.wish.From > len(text) {
		return false, nil
	}
	last := len(text)
	if p.wish.Bounded {
		last = min(last, p.wish.To)
	}
	if p.firstLine {
		if end := bytes.IndexByte(text[p.wish.From:], '\n'); end >= 0 {
			last = min(last, p.wish.From+end)
		}
	}
	if p.plain == nil {
		return p.matchRich(text, last)
	}
	shown := p.alphabet.text(text)
	at := p.plain.FindStringIndex(shown)
	return at != nil && p.alphabet.at(shown, at[0]) <= last, nil
}

func (p *Pattern) matchRich(text []byte, last int) (bool, error) {
	from := p.wish.From
	shown := p.alphabet.text(text)
	if p.alphabet != utf {
		from = len(p.alphabet.text(text[:from]))
	}
	m, err := p.rich.FindStringMatchStartingAt(shown, from)
	if err != nil {
		return false, fmt.Errorf("gave up: %w", err)
	}
	if m == nil {
		return false, nil
	}
	at, _ := m.ByteRange()
	return p.alphabet.at(shown, at) <= last, nil
}
