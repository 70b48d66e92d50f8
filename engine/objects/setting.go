package objects

import (
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// Setting is a directive as it is written in an object: its value, the lines in its
// braces, or the directives in them.
type Setting struct {
	Keyword string
	Value   string    // what stands behind the keyword: one word as it is, several as they are written
	Lines   []string  // not nil: it opens a block whose every line is a value
	Inside  []Setting // not nil: it opens a block of directives
	Line    int       // where it stands, from 1; nothing to a change
}

// oneWord are the kinds of values that are one word, whatever it holds.
var oneWord = map[string]bool{"text": true, "interface": true}

// settingOf reads a statement in a block.
func settingOf(block string, n *conf.Node) Setting {
	d := vocabulary().Of(block, n)
	s := Setting{Keyword: n.Word(0), Value: n.Rest(), Line: n.Span().Line}
	if d != nil && oneWord[d.Kind] && len(n.Words) == 2 {
		s.Value = n.Word(1)
	}
	if n.Block == nil {
		return s
	}
	if lined(d, n.Block) {
		s.Lines = []string{}
		for i := range n.Block.Nodes {
			in := &n.Block.Nodes[i]
			s.Lines = append(s.Lines, strings.TrimRight(firstRaw(in)+" "+in.Rest(), " "))
		}
		return s
	}
	s.Inside = settingsOf(insideOf(d, n), n.Block)
	return s
}

// settingsOf reads the statements of a block.
func settingsOf(block string, b *conf.Block) []Setting {
	list := make([]Setting, 0, len(b.Nodes))
	for i := range b.Nodes {
		if n := &b.Nodes[i]; len(n.Words) > 0 {
			list = append(list, settingOf(block, n))
		}
	}
	return list
}

// lined says whether the lines of a block are values: they are where the table says so,
// and none of them opens a block of its own.
func lined(d *model.Directive, b *conf.Block) bool {
	if d == nil || d.Kind == "block" || d.Support != model.Acted {
		return false
	}
	for i := range b.Nodes {
		if b.Nodes[i].Block != nil || len(b.Nodes[i].Words) == 0 {
			return false
		}
	}
	return true
}

// insideOf is the block of the vocabulary that a statement opens.
func insideOf(d *model.Directive, n *conf.Node) string {
	if d == nil {
		return n.Word(0)
	}
	return blockOf(d)
}

// firstRaw is the first word as it is written.
func firstRaw(n *conf.Node) string {
	if len(n.Words) == 0 {
		return ""
	}
	return n.Words[0].Raw
}

// statementOf makes a statement of a setting in a block. Faults: NoDirective,
// DirectiveForm.
func statementOf(block string, s Setting) (conf.Statement, error) {
	head, err := wordsOf(s.Keyword)
	if err != nil || len(head) != 1 {
		return conf.Statement{}, refuse(NoDirective, "Word", s.Keyword, "Block", block)
	}
	d := vocabulary()[[2]string{block, head[0]}]
	if d == nil {
		return conf.Statement{}, refuse(NoDirective, "Word", s.Keyword, "Block", block, "Hint", hint(block, s.Keyword))
	}
	var values []string
	if oneWord[d.Kind] && s.Value != "" {
		values = []string{s.Value}
	} else if values, err = wordsOf(s.Value); err != nil {
		return conf.Statement{}, refuse(DirectiveForm, "Word", s.Keyword, "Value", s.Value)
	}
	out := conf.Statement{Words: append(head, values...)}
	if s.Lines == nil && s.Inside == nil {
		return out, nil
	}
	if !d.Opens && d.Kind != "block" || s.Lines != nil && s.Inside != nil {
		return out, refuse(DirectiveForm, "Word", s.Keyword, "Value", strings.Join(s.Lines, "; "))
	}
	out.Block, out.Inside = true, []conf.Statement{}
	for _, line := range s.Lines {
		words, err := wordsOf(line)
		if err != nil || len(words) == 0 {
			return out, refuse(DirectiveForm, "Word", s.Keyword, "Value", line)
		}
		out.Inside = append(out.Inside, conf.Statement{Words: words})
	}
	for _, in := range s.Inside {
		one, err := statementOf(blockOf(d), in)
		if err != nil {
			return out, err
		}
		out.Inside = append(out.Inside, one)
	}
	return out, nil
}

// statementsOf makes statements of settings.
func statementsOf(block string, list []Setting) ([]conf.Statement, error) {
	out := make([]conf.Statement, 0, len(list))
	for _, s := range list {
		one, err := statementOf(block, s)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// wordsOf reads words as a line of the text has them. Fault: DirectiveForm, for what is
// no line of words.
func wordsOf(text string) ([]string, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	f := conf.NewDraft("", "w "+text, conf.Options{}).File()
	if len(f.Nodes) != 1 || f.Nodes[0].Block != nil || strings.TrimSpace(f.Tail) != "" || strings.ContainsAny(text, "\r\n\x00") || len(f.Problems) > 0 {
		return nil, refuse(DirectiveForm, "Value", text)
	}
	n := &f.Nodes[0]
	words := make([]string, 0, len(n.Words))
	for i := 1; i < len(n.Words); i++ {
		words = append(words, n.Word(i))
	}
	return words, nil
}

// hint is the directive of a block that was probably meant.
func hint(block, word string) string {
	var words []string
	for key := range vocabulary() {
		if key[0] == block {
			words = append(words, key[1])
		}
	}
	return model.Nearest(word, words)
}
