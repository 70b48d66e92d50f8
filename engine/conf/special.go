package conf

import (
	"hash/fnv"
	"strconv"
	"strings"
)

// The definitions that keepalived makes itself. _ENV and _RANDOM take words
// inside their braces; _INSTANCE is the node (the name that keepalived -i is given),
// whatever an instance line says.
const (
	envName      = "_ENV"
	randomName   = "_RANDOM"
	instanceName = "_INSTANCE"
	maxRandom    = 32767
)

// takesWords says whether a use may have words behind its name.
func takesWords(name string) bool { return name == envName || name == randomName }

// value is what a use is replaced by; at is where it stands, for findings.
func (x *expander) value(use string, at Span) (stored, bool) {
	if v, ok := x.defs[use]; ok {
		return v, true
	}
	if use[0] != envName[0] {
		return stored{}, false
	}
	text, ok := "", false
	switch words := strings.Fields(use); words[0] {
	case envName:
		text, ok = x.env(words, at)
	case randomName:
		text, ok = x.random(words[1:], at)
	}
	return stored{text: text}, ok
}

// env is a variable of the environment. Where the environment is not this
// machine's, the use stays as it is written.
func (x *expander) env(words []string, at Span) (string, bool) {
	if x.opt.Env == nil || len(words) != 2 {
		x.notes.report("environment-unread", at, "Value", strings.Join(words[1:], " "))
		return "", false
	}
	v, ok := x.opt.Env(words[1])
	if !ok {
		x.notes.report("environment-missing", at, "Value", words[1])
	}
	return v, true
}

// random is a number that differs from node to node and from use to use, and is
// the same whenever the text is read: two processes that read one text must agree.
func (x *expander) random(bounds []string, at Span) (string, bool) {
	lo, hi := 0, maxRandom
	for i, to := range []*int{&lo, &hi} {
		if i < len(bounds) {
			n, err := strconv.ParseInt(bounds[i], 10, 32) // so that the range does not overflow
			if err != nil {
				x.notes.report("bad-random", at, "Value", bounds[i])
				return "", false
			}
			*to = int(n)
		}
	}
	if hi < lo || len(bounds) > 2 {
		x.notes.report("bad-random", at, "Value", strings.Join(bounds, " "))
		return "", false
	}
	x.drawn++
	h := fnv.New64a()
	h.Write([]byte(x.opt.Node + "\x00" + x.seed + "\x00" + strconv.Itoa(x.drawn)))
	return strconv.Itoa(lo + int(h.Sum64()%uint64(hi-lo+1))), true
}

// listen takes note of the statements that change how what follows is expanded.
func (x *expander) listen(body string) {
	if body == "" || body[0] != 'i' && body[0] != 'r' {
		return
	}
	end := strings.IndexAny(body, " \t")
	if end < 0 {
		end = len(body)
	}
	word, rest := body[:end], body[end:]
	switch word {
	case "random_seed":
		x.seed = strings.TrimSpace(rest)
	case "include_check":
		x.strict.change(strings.Fields(rest))
	}
}
