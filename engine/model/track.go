package model

// scanTrack reads a line of a track block: NAME [weight N [reverse|noreverse]].
func (l *line) scanTrack(p *Track) bool {
	l.at = -1
	name, ok := l.next()
	if !ok {
		return false
	}
	t := Track{Name: name}
	span := l.n.WordSpan(0)
	if w, ok := l.next(); ok {
		if w != "weight" {
			l.fail(Warning, "unknown-word", w, "Word", w, "Block", l.d.word, "Hint", "weight")
		} else {
			d := *l.d
			d.word, d.ranged, d.min, d.max, d.bounds = "weight", true, -253, 253, "-253..253"
			in := &line{b: l.b, n: l.n, d: &d, at: l.at}
			if in.scan(&t.Weight) {
				in.rest()
			}
		}
	}
	l.b.mention(l.d.names, name, span)
	*p = t
	return true
}
