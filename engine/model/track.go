package model

import (
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// scanProcess reads all words of a line.
func (l *line) scanProcess(p *ProcessLine) bool {
	w, ok := l.value()
	var words []string
	for ; ok; w, ok = l.next() {
		words = append(words, w)
	}
	return set(p, ProcessLine(strings.Join(words, "\x00")), len(words) > 0)
}

// processWords is the inverse of scanProcess.
func processWords(_ *directive, p ProcessLine) string {
	words := p.Words()
	for i := range words {
		words[i] = conf.Quote(words[i])
	}
	return strings.Join(words, " ")
}

// scanInitFile reads [NUMBER] [overwrite], in any order.
func (l *line) scanInitFile(p *InitFile) bool {
	var f InitFile
	good := l.known(func(w string) bool {
		n, err := strconv.Atoi(w)
		f.Value = n
		return err == nil
	})
	for i := 1; l.n != nil && i < len(l.n.Words); i++ {
		f.Overwrite = f.Overwrite || l.n.Word(i) == "overwrite"
	}
	return set(p, f, good)
}

// scanTrack reads a line of a track block: NAME [weight N [reverse|noreverse]].
func (l *line) scanTrack(p *Track) bool {
	l.at = -1
	name, ok := l.next()
	if !ok {
		return false
	}
	t := Track{Name: name}
	l.b.edits = nil
	for _, o := range l.options(nil) {
		switch {
		case !o.good && o.word == "weight" && o.end-o.at > 1 && !isNumber(strings.TrimPrefix(l.valueOf(o), "+")):
			t.Weight = Some(Weight{}) // as keepalived has it; one beyond the range leaves that of the script
		case !o.good:
		case o.word == "weight":
			in := line{n: l.n, d: o.directive, at: o.at}
			t.Weight.Written = in.scanWeight(&t.Weight.Val)
		case t.Weight.Written:
			t.Weight.Val.Reverse = o.word == "reverse"
			t.Weight.Val.Upright = !t.Weight.Val.Reverse && l.d.names != "interface"
		}
	}
	l.b.mention(l.d.names, name, l.n.WordSpan(0))
	*p = t
	_, lost := l.b.edits[wholeLine]
	return !lost
}
