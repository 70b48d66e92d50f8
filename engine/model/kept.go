package model

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Item is a statement that is known and not acted on: it stays in the
// configuration, so that printing and JSON bring it back. Args are its words as
// written, with their quotes; Lines is what stands in its braces.
type Item struct {
	Word  string
	Args  []string
	Lines []Item
	Block bool
	bad   bool // not valid: until its list is tidy
}

// The tables of kept words (kept_table.go, kept_lines.go) hold one word a line,
// under the block or blocks that have it (a mark with + before it is one of every
// word of these):
//
//	WORD KIND[?] [SMALLEST..LARGEST] [=DEFAULT] [MARK...]
//
// KIND is the name of a kind: the one that the type of a field has, too. A question
// mark means that the argument may be left out. The marks:
//
//	values:a,b  the words it may be
//	alias:a,b   other words for the same; old:a,b such that have gone out of use
//	old         it has gone out of use itself
//	moved       what it says is written down by a word of another block, or of another place on the line
//	since:V     the releases of keepalived that know it: see Since; since:ALIAS=V
//	many        every one counts; of others the last does
//	name        the block has a name
//	need        the block is useless without it
//	heavy       without it a node does something else than its author expects
//	mild        keepalived goes on where its value is missing; else it ends
//	multicast   the address is one of a multicast group
//	max:N       it takes so many words
//	first       of several the first one counts
//	anew        a second block takes the place of the first one
//	top         keepalived takes the largest value for one that is larger
//	unbuilt     the 2.2.7 that the distributions build lacks it
//	names:KIND  what it names, or what its lines do
//	line:WORD   its lines have the words of those of another
//	loss:ID     the sentence that says what is lost, where it is not the word's own, or
//	            that of the block around it
//	lvs         it belongs to the LVS role, at the top and in global_defs; see Role
//	secret      its value is never shown
//	acted       it is acted on: inside of lines (kept_lines.go), by the word that it moved to, or
//	            since what it asks for is done in any case
//	lax         keepalived goes on with the line where its value is none
//
// A word moves from here to the tag of a field when its effect is built.
type keptWord struct {
	*directive
	marks  []string
	loss   string // the sentence about what is lost
	inline bool   // it stands inside of a line
	blk    *block // of the words in its braces
	place  int    // in the order of its block
}

func (k *keptWord) is(mark string) bool { return slices.Contains(k.marks, mark) }

// keptVocabulary is all of the tables: block, word, meaning.
type keptVocabulary map[string]map[string]*keptWord

var readKept = sync.OnceValue(func() keptVocabulary {
	all := keptVocabulary{}
	all.read(keptRoot+keptGlobal+keptVRRP+keptLVS, false)
	all.read(keptLines, true)
	for _, words := range all {
		for _, k := range words {
			if k.blk != nil {
				k.blk.kept, k.blk.gone = all[k.word], readGone()[k.word]
			}
		}
	}
	blocks := slices.Sorted(maps.Keys(all))
	for _, block := range blocks {
		for _, k := range all[block] {
			k.options = all[cmp.Or(k.lineWords, k.word)]
			k.loss = all.lossOf(k, block, blocks)
		}
	}
	return all
})

// lossOf is the id of the sentence that says what is lost: the word's own, or that
// of the statement it belongs to, where that is not acted on as a whole.
func (all keptVocabulary) lossOf(k *keptWord, block string, blocks []string) string {
	if k.loss != "" {
		return k.loss
	}
	for _, outer := range blocks {
		if o := all[outer][block]; o != nil && !o.inline {
			return all.lossOf(o, outer, blocks)
		}
	}
	return idBlock(block) + "." + k.word
}

// read adds the lines of a table, which are words of blocks, or inline.
func (all keptVocabulary) read(text string, inline bool) {
	var in, marks []string
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		if f[0] == "block" {
			in, marks = nil, nil
			for _, w := range f[1:] {
				if mark, ok := strings.CutPrefix(w, "+"); ok {
					marks = append(marks, mark)
				} else {
					in = append(in, w)
				}
			}
			continue
		}
		for _, name := range in {
			if all[name] == nil {
				all[name] = map[string]*keptWord{}
			}
			all.add(name, slices.Concat(f, marks)).inline = inline
		}
	}
}

// add reads one line of a table.
func (all keptVocabulary) add(in string, f []string) *keptWord {
	kind, optional := strings.CutSuffix(f[1], "?")
	k := &keptWord{place: len(all[in])}
	k.directive = &directive{word: f[0], words: []string{f[0]}, kind: kindsByName[kind], optional: optional, soft: true, since: everKnown,
		block: &block{word: in, words: map[string]*directive{}}}
	other := k.directive.words
	for _, mark := range f[2:] {
		name, list, has := strings.Cut(mark, ":")
		parts := strings.Split(list, ",")
		switch {
		case strings.HasPrefix(mark, "="):
			k.def = mark[1:]
		case !has && strings.Contains(mark, ".."):
			lo, hi, _ := strings.Cut(mark, "..")
			k.bounds, k.min, k.max, k.ranged = mark, decimal(lo), decimal(hi), true
		case name == "values":
			k.values = parts
		case name == "since":
			if alias, since, ok := strings.Cut(list, "="); ok {
				k.sinces = map[string]Since{alias: Since(since)}
			} else {
				k.since = Since(list)
			}
		case name == "loss":
			k.loss = list
		case name == "names":
			k.names = list
		case name == "line":
			k.lineWords = list
		case name == "max":
			k.most = number(list)
		case mark == "multicast":
			k.addr = "multicast"
		case mark == "mild":
			k.mild = true
		case has:
			other = append(other, parts...)
			if name == "old" {
				k.old = parts
			}
		default:
			k.marks = append(k.marks, mark)
		}
	}
	if k.kind == nil {
		panic("no grammar for the kind of " + in + "." + k.word)
	}
	k.soft = !k.is("acted") || k.is("lax")
	if kind == "block" {
		k.blk = &block{word: k.word, path: join(in, k.word), words: map[string]*directive{}}
	}
	for _, w := range other {
		if all[in][w] != nil {
			panic("two lines declare " + in + "." + w)
		}
		all[in][w] = k
	}
	return k
}

// goneText lists words that no keepalived of today knows but many files have:
// block, word, and the word that replaces it (- for none).
const goneText = `
virtual_server nat_mask -
virtual_server syn_proxy -
virtual_server laddr_group_name -
virtual_server backup_real_server sorry_server
global_defs lvs_id router_id
vrrp_instance sync_instance vrrp_sync_group
vrrp_instance thread_timer_expired timer_expired_backup
real_server ICMP_CHECK PING_CHECK
url username -
url password -
root static_route static_routes
root real_server_group -
root local_address_group -
`

var readGone = sync.OnceValue(func() map[string]map[string]string {
	gone := map[string]map[string]string{}
	for line := range strings.Lines(goneText) {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		if gone[f[0]] == nil {
			gone[f[0]] = map[string]string{}
		}
		gone[f[0]][f[1]] = strings.TrimPrefix(f[2], "-")
	}
	return gone
})

// keptWords are the words of a block that are not acted on, and those that have
// gone out of use with what replaces them.
func keptWords(word string) (map[string]*keptWord, map[string]string) {
	if word == "" {
		word = root
	}
	return readKept()[word], readGone()[word]
}
