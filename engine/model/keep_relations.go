package model

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// What keepalived wants of the words of one line together. It leaves a line out
// that breaks such a rule, or a word of it; every finding says so.

// written gives the option of a word.
func written(list []option, word string) (option, bool) {
	i := slices.IndexFunc(list, func(o option) bool { return o.word == word })
	if i < 0 {
		return option{}, false
	}
	return list[i], true
}

// valueOf is the last word of an option.
func (l *line) valueOf(o option) string {
	if o.end == 0 {
		return ""
	}
	return l.n.Word(o.end - 1)
}

// about reports what an option does to its line.
func (l *line) about(o option, code string, args ...string) {
	l.b.report(Warning, code, l.n.WordSpan(o.at), append([]string{"Word", l.name() + " " + o.word, "Value", l.valueOf(o)}, args...)...)
}

// families reports addresses of another family than that of the destination, and
// words that belong to the other. It says whether all are of one.
func (l *line) families(list []option, six, known bool, own map[string]bool) bool {
	one := true
	for _, o := range list {
		if !o.good || !known {
			continue
		}
		want, bound := own[o.word]
		switch {
		case bound && want && !six:
			l.about(o, "ipv6-only")
			one = false
		case bound && !want && six:
			l.about(o, "ipv4-only")
			one = false
		case o.kind.name == "gateway" || o.kind.name == "addr" || o.kind.name == "prefix":
			if p, ok := prefix(l.valueOf(o)); ok && p.Addr().Is6() != six {
				l.about(o, "mixed-families")
				one = false
			}
		}
	}
	return one
}

var (
	// addressFamily and routeFamily say which words are of IPv6, and which not.
	addressFamily = map[string]bool{"label": false, "brd": false}
	routeFamily   = map[string]bool{"pref": true, "expires": true}
	ruleFamily    = map[string]bool{"realms": false}
	// ruleActions are the words that say what a rule does; it has one.
	ruleActions = []string{"table", "nop", "goto", "blackhole", "unreachable", "prohibit", "type", "l3mdev"}
)

// trackGroup remembers the group that a static item names.
func (l *line) trackGroup(list []option) {
	if o, ok := written(list, "track_group"); ok && o.good {
		l.b.mentionKept("track_group", l.valueOf(o), l.n.WordSpan(o.at))
	}
}

func (l *line) relateAddress(a Address, list []option) {
	l.trackGroup(list)
	if o, ok := written(list, "peer"); ok && strings.Contains(l.valueOf(o), "/") {
		l.about(o, "peer-with-length")
	}
	l.broadcastItself(a, list)
	l.families(list, a.Prefix.Addr().Is6(), true, addressFamily)
}

// relateRoute is about a whole route; to is its destination. It says whether keepalived
// takes the line.
func (l *line) relateRoute(to string, list []option) bool {
	l.trackGroup(list)
	p, ok := prefix(to)
	one := l.families(list, ok && p.Addr().Is6(), ok, routeFamily)
	one = l.hopWords(list) && one
	l.protocolOfRoute(list)
	if o, ok := written(list, "as"); ok {
		l.about(o, "mpls-only")
		l.drop(o)
	}
	dev := slices.ContainsFunc(beforeHops(list), func(o option) bool { return o.word == "dev" })
	if _, free := written(list, "no_track"); !dev && !free {
		l.at = 0
		l.fail(Warning, "route-untracked", to)
	}
	return one
}

// hopWords reports words of next hops outside of any, and words of the route behind one:
// keepalived leaves out the whole line for them.
func (l *line) hopWords(list []option) bool {
	good, hop := true, false
	for _, o := range list {
		hop = hop || o.word == "nexthop"
		in := l.name()
		if hop {
			in += " nexthop"
		}
		if hop && !ofHops[o.word] || !hop && o.word == "weight" {
			l.b.report(Warning, "unknown-word", l.n.WordSpan(o.at), "Word", o.word, "Value", o.word, "Block", in, "Line", "yes", "Hint", "")
			good = false
		}
	}
	return good
}

// ofHops are the words that may stand behind nexthop.
var ofHops = map[string]bool{"nexthop": true, "via": true, "dev": true, "weight": true, "onlink": true, "encap": true, "realms": true, "as": true,
	"inet": true, "inet6": true, "unicast": true}

// beforeHops are the words of the route itself.
func beforeHops(list []option) []option {
	if i := slices.IndexFunc(list, func(o option) bool { return o.word == "nexthop" }); i >= 0 {
		return list[:i]
	}
	return list
}

// relateRule is about a whole rule. It says whether keepalived takes the line.
func (l *line) relateRule(list []option) bool {
	l.trackGroup(list)
	good := l.families(list, l.ruleOfSix(list), true, ruleFamily)
	var actions []option
	for _, o := range list {
		if slices.Contains(ruleActions, o.word) {
			actions = append(actions, o)
		}
	}
	l.protocolOfRoute(list)
	if _, looks := written(list, "table"); !looks {
		if _, looks = written(list, "l3mdev"); !looks {
			for _, word := range []string{"realms", "suppress_prefixlength", "suppress_ifgroup"} {
				if o, there := written(list, word); there && len(actions) > 0 {
					l.about(o, "table-only")
					good = false
				}
			}
		}
	}
	preference, placed := written(list, "preference")
	first, _ := strconv.ParseInt(l.valueOf(preference), 0, 64)
	if target, ok := written(list, "goto"); ok && target.good {
		if next, _ := strconv.ParseInt(l.valueOf(target), 0, 64); !placed || preference.good && first >= next {
			l.about(target, "goto-back")
			placed, good = true, false
		}
	}
	if table, ok := written(list, "table"); ok && l.valueOf(table) == "0" {
		l.about(table, "table-zero")
		good = false
	}
	l.at = 0
	switch {
	case len(actions) == 0:
		return l.fail(Warning, "rule-without-action", "", "Values", strings.Join(ruleActions, ", "))
	case len(actions) > 1:
		l.about(actions[1], "second-action")
		return false
	case !placed:
		l.fail(Note, "rule-without-preference", "")
	}
	return good
}

// ruleOfSix says whether a rule is one of IPv6: by a word for it, or by its first
// address.
func (l *line) ruleOfSix(list []option) bool {
	for _, o := range list {
		if o.word == "inet6" || o.word == "inet" {
			return o.word == "inet6"
		}
		if p, ok := prefix(l.valueOf(o)); ok && o.kind.name == "prefix" {
			return p.Addr().Is6()
		}
	}
	return false
}

// relateDevice is about the words of use_ipvlan.
func (l *line) relateDevice(list []option) {
	var kinds []option
	for _, o := range list {
		if o.word == "bridge" || o.word == "private" || o.word == "vepa" {
			kinds = append(kinds, o)
		}
	}
	if len(kinds) > 1 {
		l.about(kinds[1], "second-kind")
	}
}

// relateBlock is about a whole block that is not acted on.
func (b *binder) relateBlock(k *keptWord, n *conf.Node, lines []Item) {
	value := func(word string) (string, bool) {
		for _, i := range lines {
			if i.Word == word && len(i.Args) > 0 {
				return i.Args[0], true
			}
		}
		return "", false
	}
	for word, sub := range k.blk.kept {
		if word != sub.word || !sub.is("need") {
			continue
		}
		if _, ok := value(word); !ok {
			b.report(Warning, "missing-word", n.Words[0].Span(), "Word", word, "Block", k.word, "Name", n.Word(1))
		}
	}
}

// mentionKept remembers the name of an object that is not acted on.
func (b *binder) mentionKept(kind, name string, at conf.Span) {
	if !isName(name) {
		b.names.mentions = append(b.names.mentions, mention{kind, name, at})
	}
}

// settleKept reports such names that nothing bears.
func (b *binder) settleKept() {
	defined, names := map[[2]string]bool{}, map[string][]string{}
	for _, g := range b.cfg.TrackGroups {
		defined[[2]string{"track_group", g.Name}] = true
		names["track_group"] = append(names["track_group"], g.Name)
	}
	for _, i := range b.cfg.Kept {
		if len(i.Args) > 0 && whole(i) {
			name := conf.Unquote(i.Args[0])
			defined[[2]string{i.Word, name}] = true
			names[i.Word] = append(names[i.Word], name)
		}
	}
	for kind, list := range map[string]map[string]bool{"vrrp_track_process": b.names.processes, "track_file": b.names.files} {
		for name := range list {
			defined[[2]string{kind, name}] = true
		}
		names[kind] = slices.Sorted(maps.Keys(list))
	}
	for _, m := range b.names.mentions {
		if m.kind == "script" || m.kind == "instance" || m.kind == "bfd_instance" || m.kind == string(BFDCheck) || defined[[2]string{m.kind, m.name}] {
			continue
		}
		b.report(Warning, "unknown-object", m.at, "Name", m.name, "Kind", m.kind, "Hint", b.hint(m.name, names[m.kind]))
	}
}

// whole says whether a block has what it is useless without.
func whole(i Item) bool {
	k := readTable().kept[i.Word]
	if k == nil || k.blk == nil {
		return true
	}
	for word, sub := range k.blk.kept {
		if sub.is("need") && word == sub.word && !slices.ContainsFunc(i.Lines, func(in Item) bool { return in.Word == word && len(in.Args) > 0 }) {
			return false
		}
	}
	return true
}

// multicastMAC says whether the first octet of a MAC address has the bit of groups.
func multicastMAC(w string) bool {
	first, _, _ := strings.Cut(w, ":")
	n, err := strconv.ParseUint(first, 16, 8)
	return err == nil && n&1 == 1
}
