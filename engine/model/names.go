package model

import (
	"maps"
	"slices"

	"holdfast/engine/conf"
)

// names are the objects that were defined and the places that mention them; they
// are held against each other when the whole text has been read.
type names struct {
	scripts, instances map[string]bool
	mentions           []mention
	vrids              map[vrid]string
	groups             map[string]bool
	members            map[string]string // instance -> group
	virtuals           map[string]bool
}

type mention struct {
	kind, name string
	at         conf.Span
}

// vrid is what must be unique on a link.
type vrid struct {
	link  string
	id    uint8
	group string
	v6    bool
}

func newNames() names {
	return names{scripts: map[string]bool{}, instances: map[string]bool{}, vrids: map[vrid]string{},
		groups: map[string]bool{}, members: map[string]string{}, virtuals: map[string]bool{}}
}

func (b *binder) mention(kind, name string, at conf.Span) {
	switch kind {
	case "interface":
		b.mentionInterface(name, at)
	case "script", "instance":
		b.names.mentions = append(b.names.mentions, mention{kind, name, at})
	}
}

// mentionInterface reports an interface that this host lacks, once per name.
func (b *binder) mentionInterface(name string, at conf.Span) {
	if !b.facts.Known || b.there[name] || b.told[name] {
		return
	}
	b.told[name] = true
	b.report(Warning, "missing-interface", at, "Name", name, "Hint", nearest(name, b.facts.Interfaces))
}

// settle reports the names that nothing bears.
func (b *binder) settle() {
	for _, m := range b.names.mentions {
		switch m.kind {
		case "script":
			if !b.names.scripts[m.name] {
				hint := nearest(m.name, slices.Collect(maps.Keys(b.names.scripts)))
				b.report(Warning, "unknown-script", m.at, "Name", m.name, "Hint", hint)
			}
		case "instance":
			if !b.names.instances[m.name] {
				hint := nearest(m.name, slices.Collect(maps.Keys(b.names.instances)))
				b.report(Warning, "unknown-instance", m.at, "Name", m.name, "Hint", hint)
			}
		}
	}
}
