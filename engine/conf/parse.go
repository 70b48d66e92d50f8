package conf

import (
	"iter"
	"strconv"
	"strings"
)

// The bounds of what is read: keepalived itself nests six deep, and a hundred
// thousand real servers take 14 MiB.
const (
	maxDepth = 256
	maxSize  = 64 << 20
)

// Parse reads text as the named node of a cluster does: lines that begin with
// @ID are read on the node ID only, lines with @^ID on all others. What the node
// does not read stays in the tree as lead. It never fails: what is wrong is
// among the problems, and every byte is in the tree.
func Parse(name string, text []byte, node string) *File {
	f, l := lex(name, string(text), Options{Node: node}, false)
	f.Nodes = f.build(l, f.repairs(l, shapeOf(l.text, l.marks), false))
	return f
}

// Read is Parse after Expand, where there is something to expand: the tree is
// what the node runs, and its places are those of the texts as written.
func Read(name string, text []byte, opt Options) *File {
	f, l := lex(name, string(text), opt, true)
	f.Nodes = f.build(l, f.repairs(l, shapeOf(l.text, l.marks), opt.Literal))
	return f
}

// Statements is Read for one pass through the statements of the outermost level:
// the File has no Nodes, and a statement holds only until the next one is asked
// for. So a large text needs no more room than its largest statement. Options.Budget
// is kept to here only: the other readers give every byte back.
func Statements(name, text string, opt Options) (*File, iter.Seq[*Node]) {
	f, l := lex(name, text, opt, true)
	s := shapeOf(l.text, l.marks)
	f.Begins, f.At = s.begins, -1
	m := f.repairs(l, s, opt.Literal)
	if l.cut(opt.Budget, m) {
		s = shapeOf(l.text, l.marks)
		f.Begins = s.begins
	}
	if s.missing > 0 || s.extra > 0 || s.odd || m.closed() > 0 || len(m.ignore) > 0 {
		nodes := f.build(l, m)
		return f, func(yield func(*Node) bool) {
			for i := range nodes {
				if !yield(&nodes[i]) {
					return
				}
			}
		}
	}
	f.Tail = l.text[l.end:]
	f.Problems, f.More = l.notes.problems, l.notes.more()
	known := func(int, int, string) bool { return false }
	if opt.Known != "" && opt.Budget != nil && l.origins == nil && !f.Doubted && !opt.Literal && !expands(opt.Known, opt) {
		known = opt.knows(l.text)
	}
	return f, func(yield func(*Node) bool) { f.one(l, known, yield) }
}

// lex finds the tokens of a text, or of what it expands to.
func lex(name, text string, opt Options, expand bool) (*File, *lexer) {
	f := &File{Name: name, Names: []string{name}, Included: []Span{{}}}
	l := &lexer{text: text, node: opt.Node}
	switch {
	case len(text) > maxSize:
		l.report("too-large", Span{1, 1, 1, 1, 0}, "Most", strconv.Itoa(maxSize>>20))
		return f, l
	case expand && expands(text, opt):
		x := expandText(name, text, opt)
		f.Names, f.Included = x.Names, x.froms
		l = &lexer{text: x.Text, origins: x.lines, notes: x.notes}
	}
	l.run()
	return f, l
}

// expands says whether a text may hold something to expand.
func expands(text string, opt Options) bool {
	return strings.IndexByte(text, '$') >= 0 || strings.IndexByte(text, '~') >= 0 || markedInside(text) ||
		opt.Files != nil && strings.Contains(text, "include")
}

// markedInside says whether a mark stands right behind a brace, where keepalived reads
// on as if a line began.
func markedInside(text string) bool {
	for at := 0; ; at++ {
		next := strings.IndexByte(text[at:], '@')
		if next < 0 {
			return false
		}
		at += next
		before := strings.TrimRight(text[max(0, at-maxLine):at], " \t")
		if strings.HasSuffix(before, "{") || strings.HasSuffix(before, "}") {
			return true
		}
	}
}

// repairs is where braces are missing or too many. It says in the File if only the
// indentation speaks for that.
func (f *File) repairs(l *lexer, s shape, literal bool) repairs {
	even := s.missing == 0 && s.extra == 0
	if even && literal {
		return repairs{}
	}
	m := repairBraces(l.marks, l.lines, s.missing, s.extra)
	f.Doubted = even && m.closed() > 0
	return m
}

func (f *File) build(l *lexer, m repairs) []Node {
	f.Tail = l.text[l.end:]
	b := builder{repairs: m, notes: l.notes}
	b.room(sizeOf(l.marks, false))
	split := newSplitter(l)
	for i := range l.marks {
		split.next(l.marks[i], &b.tokens[i])
	}
	nodes := append([]Node(nil), b.run()...)
	f.Problems, f.More = b.notes.problems, b.notes.more()
	return nodes
}

// one gives the statements of a text that is in order, each made in the room of
// the one before.
// Those that are known, by their bytes and their first word, are left out.
func (f *File) one(l *lexer, known func(from, to int, word string) bool, yield func(*Node) bool) {
	var b builder
	split := newSplitter(l)
	for marks := l.marks; len(marks) > 0; {
		n := sizeOf(marks, true)
		if begin, end := marks[0], marks[n.tokens-1]; known(int(begin.at), int(end.end), l.text[begin.at:begin.end]) {
			split.leave(end)
			marks = marks[n.tokens:]
			continue
		}
		f.At = int(marks[0].at)
		b.room(n)
		for i := range n.tokens {
			split.next(marks[i], &b.tokens[i])
		}
		nodes := b.run()
		if !yield(&nodes[0]) {
			return
		}
		marks = marks[n.tokens:]
	}
}
