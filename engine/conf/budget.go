package conf

import (
	"math"
	"strconv"
)

// Budget bounds what a text may hold. A text above one of its limits is read up to the
// outermost statement in which the limit is passed, and has a problem with the
// limit's code there.
type Budget struct {
	// Apart are the words of outermost statements of whose blocks there may be any
	// number: what is in them counts for the limits of one block only.
	Apart  map[string]bool
	Limits []Limit
}

// Limit bounds how many statements of one kind a text has.
type Limit struct {
	Code   string // of the problem
	Most   int
	Single bool            // in each block that is Apart; false: in all the text but those
	Words  bool            // each word and brace counts, not only statements
	Blocks bool            // only blocks count
	Outer  bool            // only statements outside all blocks
	Named  map[string]bool // only statements with one of these first words; nil: with any
	In     map[string]bool // only statements in a block of one of these words; nil: anywhere
}

// spending is how much of a budget a text has used.
type spending struct {
	*Budget
	counts []int    // of single blocks: the largest, once it is closed
	single []int    // of the block being read
	passed []int    // the mark at which each limit is passed, -1 where it is not
	blocks []string // first words of the open blocks, as far as they are read
	deep   int      // open blocks that are not
}

// cut ends the marks before the outermost statement that passes a limit, and says
// whether there is one. The tokens are made after it: they are the larger part.
func (l *lexer) cut(b *Budget, m repairs) bool {
	if b == nil {
		return false
	}
	n := len(b.Limits)
	s := spending{Budget: b, counts: make([]int, n), single: make([]int, n), passed: make([]int, n)}
	for i := range s.passed {
		s.passed[i] = -1
	}
	end, start := len(l.marks), 0
	last, word := closing, ""
	for i := 0; i < len(l.marks); i++ {
		k := &l.marks[i]
		for range m.close[i] {
			s.pop()
		}
		begins := !k.kind.word() && !last.word() || k.kind.word() && k.kind.begins(last)
		switch {
		case k.kind&closing != 0 && (s.open() == 0 || m.ignore[i]):
			word, begins = "", true // a brace that closes nothing is a statement of its own
		case k.kind&closing != 0:
			begins = false
		case k.kind.word() && begins:
			word = l.text[k.at:k.end]
		case begins:
			word = "" // a block without a statement before it
		}
		if begins && s.open() == 0 {
			start = i
			clear(s.single)
		}
		if s.count(i, k.kind, word, begins) {
			end = min(end, start)
		}
		switch {
		case k.kind&open != 0 && s.open() == 0 && s.Apart[word] && m.none():
			if inside := s.small(l.marks[i+1:]); inside >= 0 {
				i += inside + 1 // its closing brace
				last = closing
				continue
			}
			s.push(word)
		case k.kind&open != 0:
			s.push(word)
		case k.kind&closing != 0 && s.open() > 0 && !m.ignore[i]:
			s.pop()
		}
		last = k.kind
	}
	if end == len(l.marks) {
		return false
	}
	s.report(l)
	l.marks = l.marks[:end]
	if l.end = 0; end > 0 {
		l.end = int(l.marks[end-1].end)
	}
	return true
}

// small is how many marks stand before the brace that closes a block, of which marks
// are what follows its opening brace. It is -1 where so many might pass a limit of a
// single block: most blocks need no more than this look.
func (s *spending) small(marks []mark) int {
	depth, most := 0, s.least()
	for i := range marks[:min(most, len(marks))] {
		switch k := marks[i].kind; {
		case k&open != 0:
			depth++
		case k&closing != 0 && depth == 0:
			return i
		case k&closing != 0:
			depth--
		}
	}
	return -1
}

// least is the smallest limit of a single block.
func (s *spending) least() int {
	least := math.MaxInt
	for i := range s.Limits {
		if s.Limits[i].Single {
			least = min(least, s.Limits[i].Most)
		}
	}
	return least
}

// open is how many blocks are open.
func (s *spending) open() int { return len(s.blocks) + s.deep }

func (s *spending) push(word string) {
	if s.deep > 0 || len(s.blocks) == maxDepth {
		s.deep++
		return
	}
	s.blocks = append(s.blocks, word)
}

func (s *spending) pop() {
	switch {
	case s.deep > 0:
		s.deep--
	case len(s.blocks) > 0:
		s.blocks = s.blocks[:len(s.blocks)-1]
	}
}

// count counts a mark, which may begin a statement, and says whether it passes a limit.
func (s *spending) count(i int, k kind, word string, begins bool) (passes bool) {
	n := len(s.blocks)
	apart := n > 0 && s.Apart[s.blocks[0]]
	for j := range s.Limits {
		b := &s.Limits[j]
		if b.Single != apart || !s.holds(b, k, word, begins) {
			continue
		}
		of := &s.counts[j]
		if b.Single {
			of = &s.single[j]
		}
		*of++
		s.counts[j] = max(s.counts[j], *of)
		if *of == b.Most+1 && s.passed[j] < 0 {
			s.passed[j], passes = i, true
		}
	}
	return passes
}

// holds says whether a mark is what a limit counts.
func (s *spending) holds(b *Limit, k kind, word string, begins bool) bool {
	switch n := len(s.blocks); {
	case b.Words:
		return true
	case b.Blocks:
		return k&open != 0
	case !begins, b.Outer && (n > 0 || s.Apart[word]), b.Named != nil && !b.Named[word]:
		return false
	default:
		return b.In == nil || s.deep == 0 && n > 0 && b.In[s.blocks[n-1]]
	}
}

// report reports each limit that is passed, where it is passed.
func (s *spending) report(l *lexer) {
	for j, at := range s.passed {
		if at < 0 {
			continue
		}
		var t Token
		split := newSplitter(l)
		for i := range at + 1 {
			split.next(l.marks[i], &t)
		}
		l.notes.report(s.Limits[j].Code, t.Span(), "Most", strconv.Itoa(s.Limits[j].Most), "Count", strconv.Itoa(s.counts[j]))
	}
}
