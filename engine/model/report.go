package model

import (
	"maps"
	"slices"
	"strings"

	"holdfast/engine/conf"
)

// place remembers which statement filled a field, until its block ends.
type place struct {
	field any
	n     *conf.Node
}

// placeIndex finds the places of a large block, up to the one before upTo.
type placeIndex struct {
	base, upTo int
	at         map[any]int
}

// manyPlaces is from how many places on a block gets an index.
const manyPlaces = 256

// at is the place of the statement that filled the field p points to.
func (b *binder) at(p any) (*conf.Node, bool) {
	if len(b.places)-b.base > manyPlaces {
		i, ok := b.indexed()[p]
		if !ok {
			return nil, false
		}
		return b.places[i].n, true
	}
	for i := len(b.places) - 1; i >= b.base; i-- {
		if b.places[i].field == p {
			return b.places[i].n, true
		}
	}
	return nil, false
}

// indexed is the index of the block being read, with all its places so far.
func (b *binder) indexed() map[any]int {
	b.unindex(b.base + 1)
	last := len(b.indexes) - 1
	if last < 0 || b.indexes[last].base != b.base {
		b.indexes = append(b.indexes, placeIndex{b.base, b.base, map[any]int{}})
		last++
	}
	x := &b.indexes[last]
	for ; x.upTo < len(b.places); x.upTo++ {
		x.at[b.places[x.upTo].field] = x.upTo
	}
	return x.at
}

// unindex drops the indexes of blocks whose places began at base or later.
func (b *binder) unindex(base int) {
	for n := len(b.indexes); n > 0 && b.indexes[n-1].base >= base; n-- {
		b.indexes = b.indexes[:n-1]
	}
}

// spanOf is the place of the field p points to, or of the block that lacks it.
func (b *binder) spanOf(p any, owner *conf.Node) conf.Span {
	if n, ok := b.at(p); ok {
		return n.Span()
	}
	return owner.Span()
}

func (b *binder) report(s Severity, code string, at conf.Span, args ...string) {
	if at.File == 0 && b.filled[at.Line] {
		return // a template was to stand there
	}
	if b.onlyCounted(s, code) {
		return
	}
	b.alike[code]++
	f := Finding{Code: code, Severity: s, Range: Range{b.file.Names[at.File], at.Line, at.Col, at.EndLine, at.EndCol}}
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == "Hint" {
			f.Hint = args[i+1]
			args = slices.Delete(args, i, i+2)
			break
		}
	}
	for i := 1; i < len(args); i += 2 {
		args[i] = conf.Beginning(args[i], maxShown)
	}
	f.Args = b.args.of(args)
	b.findings = append(b.findings, f)
}

// onlyCounted says whether so many findings of a code are listed that this one is
// only counted. It is worth asking where a finding costs more to put together than
// to find.
func (b *binder) onlyCounted(s Severity, code string) bool {
	if b.alike[code] < maxAlike {
		return false
	}
	b.leaveOut(code, s, 1)
	return true
}

// maxShown is how many bytes of a text a finding quotes.
const maxShown = 400

// condemn makes an error of what was found in a statement that its block cannot
// do without. False means that nothing was found in it.
func (b *binder) condemn(at conf.Span, word, block string) bool {
	for i := len(b.findings) - 1; i >= 0 && i >= len(b.findings)-maxLooked; i-- {
		f := &b.findings[i]
		if f.Range.Line != at.Line || f.Range.File != b.file.Names[at.File] || f.Args["Word"] != word && f.Code != "undefined-name" {
			continue
		}
		f.Severity = Error
		if f.Args = maps.Clone(f.Args); f.Args == nil {
			f.Args = map[string]string{}
		}
		f.Args["Needs"] = block
		return true
	}
	return false
}

// shared gives equal arguments one map: a text may repeat one slip a hundred
// thousand times.
type shared map[string]map[string]string

// maxShared bounds what is remembered.
const maxShared = 4096

func (s shared) of(args []string) map[string]string {
	if len(args) == 0 {
		return nil
	}
	key := strings.Join(args, "\x00")
	if m, ok := s[key]; ok {
		return m
	}
	m := make(map[string]string, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	if len(s) < maxShared {
		s[key] = m
	}
	return m
}
