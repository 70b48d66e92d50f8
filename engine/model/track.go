package model

import "strings"

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
			t.Weight.Val.Upright = !t.Weight.Val.Reverse && (l.d.names == "script" || l.d.names == "bfd_instance")
		}
	}
	l.b.mention(l.d.names, name, l.n.WordSpan(0))
	*p = t
	_, lost := l.b.edits[wholeLine]
	return !lost
}
