package model

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Support is what becomes of a word.
type Support string

// The kinds of support: acted on; known, in the text and without effect; out of
// use in keepalived itself.
const (
	Acted    Support = "acted"
	Kept     Support = "kept"
	Obsolete Support = "obsolete"
)

// Directive describes one word of one block, for help, forms, metrics and the
// support matrix: a copy of what the table says, that nobody can change it by. Kind
// is the name of a row of kinds.go, "flag" where the word alone says everything,
// "choice" where it is one of Values, or "block".
type Directive struct {
	Word, Block string // Block is "root" at the top level
	ID          string
	Support     Support
	Aliases     []string // other words for the same, as keepalived takes them
	AliasSince  []Since  // of each of these
	OldAliases  []string // those that have gone out of use
	Instead     string   // what replaces an obsolete word
	Kind        string   // of its argument: see kinds
	Optional    bool     // the argument may be left out
	Values      []string
	Range       string // smallest..largest
	Default     string
	Bare        string // the value of the word alone, where it is not yes
	Unit        string // of its number: "s", or ""
	Longest     int    // characters of its text; 0 is no bound
	Names       string // what its text names: interface, script, instance, or a block that is kept
	Need        bool   // its block is useless without it
	Repeated    bool   // it may be written several times, and each counts
	Secret      bool   // its value is never shown
	Role        Role
	Paths       []string // of the blocks that have it: "virtual_server.real_server.HTTP_GET"; "" is the top
	Help        string   // the id of its sentence
	Field       string   // of Config, that it fills
	Opens       bool     // it begins a block
	Loss        string   // kept: the id of the sentence that says what is lost, behind "unacted."
	Heavy       bool     // kept, and without it a node does something else than its author expects
	Since       Since    // the releases of keepalived that know it; empty for obsolete words
	Newer       bool     // keepalived 2.2.7 does not know it
	Old         bool     // keepalived calls it deprecated
}

// Directives lists every word of keepalived.conf, by block and word.
func Directives() []Directive {
	seen := map[string]bool{}
	paths := readPaths()
	var list []Directive
	add := func(d Directive, source *directive) {
		if d.Block == "" {
			d.Block = root
		}
		key := d.Block + "." + d.Word
		if seen[key] {
			return
		}
		seen[key] = true
		d.ID = idBlock(d.Block) + "." + d.Word
		d.Help, d.Paths = "directive."+d.ID, slices.Clone(paths[d.Block])
		if source != nil {
			d.more(source)
		}
		for _, alias := range d.Aliases {
			d.AliasSince = append(d.AliasSince, source.aliasSince(d.Block, alias))
			if slices.Contains(source.old, alias) {
				d.OldAliases = append(d.OldAliases, alias)
			}
		}
		if d.Support == Kept && d.Loss == "" {
			d.Loss = d.ID
		}
		list = append(list, d)
	}
	var walk func(b *block)
	walk = func(b *block) {
		for _, d := range b.order {
			if d.comment {
				continue // keepalived has no such word
			}
			for _, w := range append(slices.Clone(d.words), d.offWords()...) {
				add(Directive{Word: w, Block: b.word, Support: Acted, Aliases: b.aliases(d), Kind: d.kindName(w),
					Optional: d.mayBeBare(), Values: d.values, Range: d.bounds, Default: d.def, Secret: d.secret(), Repeated: d.repeated(), Role: d.role, Need: d.need, Field: d.fieldName(), Opens: d.opens(), Since: d.sinceIn(cmp.Or(b.word, root), w), Newer: d.sinceIn(b.word, w).After(OldRelease)}, d)
				for _, v := range d.forms() {
					add(Directive{Word: w + " " + v, Block: b.word, Support: Acted, Kind: d.kindName(w), Role: d.role, Field: d.fieldName(), Opens: true, Since: d.sinceIn(cmp.Or(b.word, root), v)}, d)
				}
				for _, v := range d.unacted() {
					add(Directive{Word: w + " " + v, Block: b.word, Support: Kept, Heavy: true, Loss: lossOfForm(b.word, w, v), Since: d.sinceIn(cmp.Or(b.word, root), v)}, d)
				}
				if sub := d.subs[w]; sub != nil {
					walk(sub)
				}
			}
		}
	}
	walk(readTable())
	for b, words := range readKept() {
		for w, k := range words {
			if w == k.word {
				add(k.describe(b), k.directive)
			}
		}
	}
	for b, words := range readGone() {
		for w, instead := range words {
			add(Directive{Word: w, Block: b, Support: Obsolete, Instead: instead}, nil)
		}
	}
	slices.SortFunc(list, func(x, y Directive) int {
		return cmp.Or(cmp.Compare(x.Block, y.Block), cmp.Compare(x.Word, y.Word))
	})
	return list
}

// more fills in what is said alike of all words.
func (d *Directive) more(source *directive) {
	d.Values = slices.Clone(d.Values)
	d.Bare, d.Longest, d.Names, d.Old = source.bare, source.longest, source.names, d.Old || source.outdated
	if source.kind != nil && source.kind.name == "secs" {
		d.Unit = "s"
	}
}

// repeated says whether every statement of the word counts.
func (d *directive) repeated() bool {
	return !d.same && d.typ.Kind() == reflect.Slice
}

// roleIn is the role of a kept word; at the top and in global_defs each has its own.
func (k *keptWord) roleIn(block string) Role {
	if k.is("lvs") {
		return LVS
	}
	for _, path := range readPaths()[block] {
		first, _, _ := strings.Cut(path, ".")
		if d := readTable().words[first]; d != nil && first != "global_defs" {
			return d.role
		} else if outer := readKept()[root][first]; outer != nil && outer.is("lvs") {
			return LVS
		}
	}
	return VRRP
}

// describe is the directive of a word that is not acted on.
func (k *keptWord) describe(block string) Directive {
	d := Directive{Word: k.word, Block: block, Support: Kept, Kind: k.kind.name, Optional: k.optional || k.kind.name == "bool",
		Secret: k.is("secret"), Repeated: k.is("many") || k.lines(), Role: k.roleIn(block), Need: k.is("need"),
		Values: k.values, Range: k.bounds, Default: k.def, Opens: k.opens(), Heavy: k.is("heavy"), Old: k.is("old"),
		Since: k.since, Newer: k.since.After(OldRelease), Loss: k.loss}
	if k.is("acted") {
		d.Support, d.Loss = Acted, ""
	}
	for w, other := range readKept()[block] {
		if other == k && w != k.word {
			d.Aliases = append(d.Aliases, w)
		}
	}
	slices.Sort(d.Aliases)
	return d
}

// lossOfForm is the id of the sentence that says what is lost with a form of an
// acted word.
func lossOfForm(block, word, form string) string {
	switch {
	case form == "group":
		return "virtual_server_group"
	case block == "":
		block = root
	}
	return idBlock(block) + "." + word + " " + form
}

// forms are what a word may stand before in place of an address.
func (d *directive) forms() []string {
	if d.word == virtualServer {
		return []string{"fwmark", "group"}
	}
	return nil
}

// unacted are the forms of an acted word that are kept.
func (d *directive) unacted() []string {
	return d.kept
}

// fieldName is the name of the field, or of the list of all that the word adds to.
func (d *directive) fieldName() string {
	if d.same {
		return ""
	}
	return d.block.typ.FieldByIndex(d.field).Name
}

func (d *directive) offWords() []string {
	if d.off == "" {
		return nil
	}
	return []string{d.off}
}

func (d *directive) opens() bool {
	return d.subs != nil || d.lines()
}

// aliases are the words of the block that mean d and are not printed.
func (b *block) aliases(d *directive) []string {
	var other []string
	for _, w := range slices.Sorted(maps.Keys(b.words)) {
		if b.words[w] == d && !slices.Contains(d.words, w) && w != d.off {
			other = append(other, w)
		}
	}
	return other
}

// idBlock is the block as message ids name it: the words of all checks share
// their sentences, and so do those of all addresses, routes, rules and tracks.
func idBlock(block string) string {
	switch block {
	case "HTTP_GET", "SSL_GET", "TCP_CHECK", "SMTP_CHECK", "DNS_CHECK", "MISC_CHECK",
		"UDP_CHECK", "PING_CHECK", "BFD_CHECK", "FILE_CHECK", "host":
		return "check"
	case "virtual_ipaddress", "virtual_ipaddress_excluded", "static_ipaddress":
		return "address"
	case "virtual_routes", "static_routes":
		return "route"
	case "virtual_rules", "static_rules":
		return "rule"
	case "track_interface", "track_script", "track_process", "track_bfd", "weight":
		return "track"
	case "lvs_method", "sorry_server_lvs_method":
		return "tunnel"
	case "vrrp_garp_extra_if":
		return "garp_extra_if"
	}
	return block
}
