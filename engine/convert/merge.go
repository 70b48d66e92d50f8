package convert

import (
	"slices"
	"strings"
)

// Merge is two changes of one text put together, as stretches of lines that make the
// merged text in order.
type Merge struct{ Parts []Part }

// Part is a stretch of a merged text. In a conflict both sides changed the same lines,
// each in its own way; Text is then empty.
type Part struct {
	Text               string // what both sides agree on, or one of them changed
	Conflict           bool
	Line               int // of the base, where it begins, from 1
	Base, Theirs, Mine string
}

// Choice is what stands in the place of a conflict.
type Choice string

// The choices for a conflict.
const (
	TakeTheirs Choice = "theirs"
	TakeMine   Choice = "mine"
	TakeBoth   Choice = "both" // theirs first
	TakeBase   Choice = "base"
)

// Conflicts are the parts that both sides changed.
func (m Merge) Conflicts() []Part {
	return slices.DeleteFunc(slices.Clone(m.Parts), func(p Part) bool { return !p.Conflict })
}

// Text gives the merged text with a choice for each conflict, in order. ok is false if
// one has no choice that is known: nothing is chosen by itself.
func (m Merge) Text(choices ...Choice) (text string, ok bool) {
	var b strings.Builder
	for _, p := range m.Parts {
		if !p.Conflict {
			b.WriteString(p.Text)
			continue
		}
		if len(choices) == 0 {
			return "", false
		}
		switch choices[0] {
		case TakeTheirs:
			b.WriteString(p.Theirs)
		case TakeMine:
			b.WriteString(p.Mine)
		case TakeBoth:
			b.WriteString(ended(p.Theirs))
			b.WriteString(p.Mine)
		case TakeBase:
			b.WriteString(p.Base)
		default:
			return "", false
		}
		choices = choices[1:]
	}
	return b.String(), true
}

// ended gives lines whose last one has its end.
func ended(lines string) string {
	if lines != "" && !strings.HasSuffix(lines, "\n") {
		return lines + "\n"
	}
	return lines
}

// change is a stretch of the base that a side replaced with lines of its own.
type change struct {
	from, to int // of the base
	mine     bool
	lines    []string
}

// Merge3 puts two changes of base together, line by line. Changes that are apart by at
// least one line are both in the text; the same change of both sides is there once; all
// others are conflicts.
func Merge3(base, theirs, mine string) Merge {
	old := splitLines(base)
	all := append(changesOf(old, splitLines(theirs), false), changesOf(old, splitLines(mine), true)...)
	slices.SortStableFunc(all, func(a, b change) int { return a.from - b.from })
	var m Merge
	at := 0
	for len(all) > 0 {
		// Changes that touch are one stretch.
		from, to, n := all[0].from, all[0].to, 1
		for n < len(all) && all[n].from <= to {
			to = max(to, all[n].to)
			n++
		}
		m.agree(old[at:from])
		m.decide(old, from, to, all[:n])
		all, at = all[n:], to
	}
	m.agree(old[at:])
	return m
}

// agree adds lines that no side objects to.
func (m *Merge) agree(lines []string) {
	text := strings.Join(lines, "")
	if text == "" {
		return
	}
	if n := len(m.Parts); n > 0 && !m.Parts[n-1].Conflict {
		m.Parts[n-1].Text += text
		return
	}
	m.Parts = append(m.Parts, Part{Text: text})
}

// decide adds what the changes of one stretch make of it.
func (m *Merge) decide(old []string, from, to int, all []change) {
	theirs, changed := side(old, from, to, all, false)
	mine, changedToo := side(old, from, to, all, true)
	switch {
	case !changedToo || slices.Equal(theirs, mine):
		m.agree(theirs)
	case !changed:
		m.agree(mine)
	default:
		m.Parts = append(m.Parts, Part{
			Conflict: true, Line: from + 1,
			Base: strings.Join(old[from:to], ""), Theirs: strings.Join(theirs, ""), Mine: strings.Join(mine, ""),
		})
	}
}

// side is a stretch of the base as one side left it, and whether it changed it.
func side(old []string, from, to int, all []change, mine bool) (lines []string, changed bool) {
	at := from
	for _, c := range all {
		if c.mine == mine {
			lines = append(append(lines, old[at:c.from]...), c.lines...)
			at, changed = c.to, true
		}
	}
	return append(lines, old[at:to]...), changed
}

// changesOf gives what a side changed.
func changesOf(old, next []string, mine bool) (all []change) {
	for _, h := range MatchLines(old, next) {
		if h.A != h.EndA || h.B != h.EndB {
			all = append(all, change{h.A, h.EndA, mine, next[h.B:h.EndB]})
		}
	}
	return all
}
