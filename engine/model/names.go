package model

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// names are the objects that were defined and the places that mention them; they
// are held against each other when the whole text has been read.
type names struct {
	scripts, instances map[string]bool
	processes, files   map[string]bool
	sessions           map[string]bool          // of bfd_instance
	neighbors          map[[2]netip.Addr]string // and own addresses -> bfd_instance
	mentions           []mention
	routers            []router
	groups             map[string]bool
	members            map[string]string // instance -> group
	virtuals           map[virtualKey]bool
	weighted           []weighted
	preempts           map[string]bool // instance -> takes over from a lower priority
	pairs              []pair
	lint               lint
	versions           []versioned
	strict             []strictWords
	lenient            []lenient
	delays             []placedDelay
	instanceLinks      []trackedLink // interfaces that instances track
	garpLinks          map[string]bool
	grouped            []grouped
	patterns           map[string]error        // what is wrong with those that were looked at
	where              map[[2]string]conf.Span // of names in a text whose braces are broken
}

// pair is a sync group of two members or more.
type pair struct {
	name    string
	members []string
	at      conf.Span
}

type mention struct {
	kind, name string
	at         conf.Span
}

// weighted is a track of an instance or a group that changes a priority: by its
// own weight, or, where none is written, by that of the script.
type weighted struct {
	owner string
	kind  string // of the thing: "script", "process", "file", "bfd_instance", "interface"
	track Track
	known bool // the weight of the thing itself does not matter
	at    conf.Span
}

func newNames() names {
	return names{scripts: map[string]bool{}, instances: map[string]bool{}, processes: map[string]bool{}, files: map[string]bool{},
		sessions: map[string]bool{}, neighbors: map[[2]netip.Addr]string{},
		groups: map[string]bool{}, members: map[string]string{}, virtuals: map[virtualKey]bool{},
		preempts: map[string]bool{}}
}

func (b *binder) mention(kind, name string, at conf.Span) {
	switch kind {
	case "interface":
		b.mentionInterface(name, at)
	case "script", "instance", "bfd_instance", string(BFDCheck):
		b.names.mentions = append(b.names.mentions, mention{kind, name, at})
	case "", "recipient":
	default:
		b.mentionKept(kind, name, at)
	}
}

// mentionInterface reports an interface that this host lacks, once per name.
func (b *binder) mentionInterface(name string, at conf.Span) {
	if isName(name) {
		b.undefined(name, at)
		return
	}
	if len(name) > maxLabel && !b.told[name] {
		b.told[name] = true
		b.report(Warning, "name-too-long", at, "Value", name, "Most", strconv.Itoa(maxLabel))
		return
	}
	if !b.facts.Known || b.there[name] || b.told[name] {
		return
	}
	b.told[name] = true
	b.report(Warning, "missing-interface", at, "Name", name, "Hint", b.hint(name, slices.Sorted(slices.Values(b.facts.Interfaces))))
}

// undefined reports a name that no definition has replaced. In braces it is more
// than a word: keepalived takes the brace for that of a block.
//
// A name without braces ends where a blank does: what follows it at once makes
// another name of it.
func (b *binder) undefined(name string, at conf.Span) {
	if end := strings.IndexByte(name, '}'); strings.HasPrefix(name, "${") && end > 0 {
		b.report(Error, "undefined-name", at, "Name", name[:end+1], "Brace", "yes")
		return
	}
	end := strings.IndexFunc(name[1:], func(r rune) bool { return !nameRune(r) })
	if end < 0 {
		b.report(Warning, "undefined-name", at, "Name", name)
		return
	}
	b.report(Warning, "name-runs-on", at, "Name", name, "Hint", "${"+name[1:end+1]+"}"+name[end+1:])
}

// nameRune says whether a name may hold a character.
func nameRune(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

// isName says whether a word is a name that no definition has replaced.
func isName(word string) bool {
	if len(word) < 2 || word[0] != '$' {
		return false
	}
	c := word[1]
	return c == '{' || c == '_' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// weighted remembers the tracks of an instance or a group until its membership
// is known.
func (b *binder) weighted(owner string, lists map[string][]Track) {
	for _, kind := range []string{"script", "process", "file", "bfd_instance", "interface"} {
		for j := range lists[kind] {
			t := &lists[kind][j]
			if n, ok := b.at(t); ok {
				b.names.weighted = append(b.names.weighted, weighted{owner, kind, *t, kind == "interface" || t.Weight.Written, n.Span()})
			}
		}
	}
}

// of is the weight of a thing itself.
func (w weights) of(kind, name string) Weight {
	return map[string]map[string]Weight{"script": w.script, "process": w.process, "file": w.file, "bfd_instance": w.session}[kind][name]
}

// settle reports the names that nothing bears, and weights that a sync group
// does not allow.
func (b *binder) settle() {
	b.settleNames()
	b.settleKept()
	b.settleGroups()
	b.settleSessions()
	b.settleSyncs()
	weights := weightsOf(b.cfg)
	b.lintWhole(weights)
	for _, w := range b.names.weighted {
		if !w.known {
			w.track.Weight.Val = weights.of(w.kind, w.track.Name)
		}
		if group := b.names.members[w.owner]; w.track.Weight.Val.N != 0 && (group != "" || b.names.groups[w.owner]) && !b.weighs(group) && !b.weighs(w.owner) {
			b.report(Warning, "weight-in-group", w.at, "Name", w.track.Name, "Owner", w.owner)
		}
	}
}

func (b *binder) settleNames() {
	scripts, instances := slices.Sorted(maps.Keys(b.names.scripts)), slices.Sorted(maps.Keys(b.names.instances))
	for _, m := range b.names.mentions {
		switch m.kind {
		case "script":
			if !b.names.scripts[m.name] {
				b.report(Warning, "unknown-script", m.at, "Name", m.name, "Hint", b.hint(m.name, scripts))
			}
		case "instance":
			if !b.names.instances[m.name] {
				b.report(Warning, "unknown-instance", m.at, "Name", m.name, "Hint", b.hint(m.name, instances))
			}
		}
	}
}
