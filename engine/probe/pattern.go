package probe

import (
	"regexp"
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// What a pattern may take: keepalived matches by PCRE, whose worst cases are slow.
const (
	maxMatched = 1 << 20 // bytes of a body that are looked at
	maxMatch   = time.Second
)

// pattern says whether a body is as wished.
type pattern func(body []byte) (bool, error)

// patterns keeps what was compiled, by its text. The zero value is ready.
type patterns struct{ known sync.Map }

// of gives the pattern of that text: by Go's own engine, which is never slow,
// or by one that knows PCRE's look-around and back references where need be.
func (p *patterns) of(text string) (pattern, error) {
	if known, ok := p.known.Load(text); ok {
		return known.(pattern), nil
	}
	compiled, err := compile(text)
	if err != nil {
		return nil, err
	}
	p.known.Store(text, compiled)
	return compiled, nil
}

func compile(text string) (pattern, error) {
	if plain, err := regexp.Compile(text); err == nil {
		return func(body []byte) (bool, error) { return plain.Match(body), nil }, nil
	}
	rich, err := regexp2.Compile(text, regexp2.None)
	if err != nil {
		return nil, err
	}
	rich.MatchTimeout = maxMatch
	return func(body []byte) (bool, error) { return rich.MatchString(string(body)) }, nil
}
