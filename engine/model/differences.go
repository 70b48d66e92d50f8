package model

import (
	"reflect"
	"strings"
)

// Role is one of the two roles of a node: what a word is about.
type Role string

// The roles. Every word of the configuration belongs to exactly one of them; a
// word of global_defs that both read belongs to VRRP.
const (
	VRRP Role = "vrrp"
	LVS  Role = "lvs"
)

// Difference is one word that is not in force as it was, or one block or value of
// a list that came or went.
type Difference struct {
	Object   string // whose word it is: "VI_1", "tcp:192.0.2.1:80/192.0.2.2:80"; "" is the configuration itself
	Word     string
	Sign     Sign
	Old, New string // as keepalived.conf writes them, "" for none; never a secret
	InList   bool   // it is about one value of a list
}

// Sign says what became of a word.
type Sign string

// The signs: the word has another value; it is there now, or no longer; it reads
// differently, and how is secret or only a matter of order.
const (
	Changed  Sign = "->"
	Appeared Sign = "+"
	Vanished Sign = "-"
	Reads    Sign = "~"
)

// String tells the difference in the words of the configuration and in signs, so
// that it reads alike in every language:
//
//	VI_1: priority 100 -> 98             the word has another value
//	VI_1: track_script + chk weight 5    its list has one more, or less
//	VI_1: ~ auth_pass                    it is secret, or its list has another order
//	VI_1: + mcast_src_ip 192.0.2.7       it is written now, and was not in force
//	+ vrrp_instance VI_2                 there is a new one, or one less
func (d Difference) String() string {
	var words []string
	switch {
	case d.Sign == Changed:
		words = []string{d.Word, d.Old, string(Changed), d.New}
	case d.InList:
		words = []string{d.Word, string(d.Sign), d.Old + d.New}
	default:
		words = []string{string(d.Sign), d.Word, d.Old + d.New}
	}
	text := strings.TrimRight(strings.Join(words, " "), " ")
	if d.Object == "" {
		return text
	}
	return d.Object + ": " + text
}

// Differences compares two resolved configurations by the table, as far as they
// belong to the role: every word that was or is written and has another value in
// force, every block and value of a list that came or went, and every word that is
// kept and reads differently. A word is left out only where its tag says quiet.
// What a word inherits is told of the word it is inherited from.
func Differences(old, next Config, role Role) []Difference {
	c := comparison{role: role}
	c.root(reflect.ValueOf(&old).Elem(), reflect.ValueOf(&next).Elem())
	c.items(nil, readTable().kept, old.Kept, next.Kept)
	return c.list
}

// Changes are the differences of a role as text, for a plan.
func Changes(old, next Config, role Role) []string {
	list := Differences(old, next, role)
	lines := make([]string, len(list))
	for i, d := range list {
		lines[i] = d.String()
	}
	return lines
}

// comparison gathers differences.
type comparison struct {
	role Role
	list []Difference
}

// root compares the blocks at the top. Words of global_defs have roles of their own.
func (c *comparison) root(old, next reflect.Value) {
	for _, d := range readTable().order {
		a, b := old.FieldByIndex(d.field), next.FieldByIndex(d.field)
		switch {
		case d.typ.Kind() == reflect.Struct:
			c.block(d.subs[d.word], &owner{name: d.word}, a, b)
		case d.role != c.role:
		case d.subs == nil:
			c.word(d, nil, a, b)
		default:
			c.elements(d, nil, a, b)
		}
	}
}

// block compares the words of a block, of one object.
func (c *comparison) block(blk *block, at *owner, old, next reflect.Value) {
	for _, d := range blk.order {
		switch {
		case d.role != c.role || d.quiet != "":
		case d.same:
			c.block(d.subs[d.word], at, old, next)
		case d.typ.Kind() == reflect.Struct && d.subs != nil:
			c.block(d.subs[d.word], &owner{outer: at, name: d.word}, old.FieldByIndex(d.field), next.FieldByIndex(d.field))
		case d.subs == nil:
			c.word(d, at, old.FieldByIndex(d.field), next.FieldByIndex(d.field))
		default:
			c.elements(d, at, old.FieldByIndex(d.field), next.FieldByIndex(d.field))
		}
	}
	if !blk.shares {
		c.items(at, blk.kept, blk.keptOf(old), blk.keptOf(next))
	}
}

// word compares the field of one word.
func (c *comparison) word(d *directive, at *owner, old, next reflect.Value) {
	if d.equal(old, next) {
		return
	}
	switch {
	case d.secret():
		c.tell(Difference{Object: at.String(), Word: d.word, Sign: Reads})
	case d.kind.list != nil:
		c.lines(at.String(), d.word, d.kind.linesOf(d, old.Addr().Interface()), d.kind.linesOf(d, next.Addr().Interface()), len(d.words) > 1)
	default:
		c.value(at.String(), d.word, d.told(old), d.told(next))
	}
}
