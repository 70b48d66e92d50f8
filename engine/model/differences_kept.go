package model

import (
	"slices"
	"strconv"
	"strings"
)

// items compares what is kept of a block: harmless today, and a change all the same.
func (c *comparison) items(at *owner, words map[string]*keptWord, old, next []Item) {
	if len(old) == 0 && len(next) == 0 {
		return
	}
	was, is, seen := byWord(old), byWord(next), map[string]bool{}
	for _, i := range slices.Concat(next, old) {
		if seen[i.Word] || c.role != roleOf(at, i.Word, words[i.Word]) {
			continue
		}
		seen[i.Word] = true
		if i.Block {
			c.keptBlocks(at, words[i.Word], was[i.Word], is[i.Word])
		} else {
			c.keptValues(at, words[i.Word], was[i.Word], is[i.Word])
		}
	}
}

// byWord gives the items of each word, in their order.
func byWord(list []Item) map[string][]Item {
	of := make(map[string][]Item, len(list))
	for _, i := range list {
		of[i.Word] = append(of[i.Word], i)
	}
	return of
}

// roleOf is the role of a kept word. At the top and in global_defs each has its own.
func roleOf(at *owner, word string, k *keptWord) Role {
	switch {
	case at != nil && at.role != "":
		return at.role
	case k != nil && k.is("lvs"), k == nil && word == virtualServer:
		return LVS
	}
	return VRRP
}

func (c *comparison) keptValues(at *owner, k *keptWord, old, next []Item) {
	if slices.EqualFunc(old, next, func(a, b Item) bool { return slices.Equal(a.Args, b.Args) }) {
		return
	}
	word := slices.Concat(next, old)[0].Word
	was, is := argsOf(old), argsOf(next)
	switch {
	case k != nil && k.is("secret"):
		c.tell(Difference{Object: at.String(), Word: word, Sign: Reads})
	case len(was) <= 1 && len(is) <= 1:
		c.value(at.String(), word, only(was), only(is))
	default:
		c.lines(at.String(), word, was, is, false)
	}
}

func argsOf(list []Item) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = strings.Join(list[i].Args, " ")
	}
	return out
}

// keptBlocks pairs the blocks of one word by what follows the word, and those alike
// in that by their order.
func (c *comparison) keptBlocks(at *owner, k *keptWord, old, next []Item) {
	was, order := numbered(old)
	is, names := numbered(next)
	for _, id := range names {
		if o, there := was[id]; there {
			c.keptLines(at, k, o, is[id])
			continue
		}
		c.tell(Difference{Object: at.String(), Word: is[id].Word, Sign: Appeared, New: strings.Join(is[id].Args, " ")})
	}
	for _, id := range order {
		if _, stays := is[id]; !stays {
			c.tell(Difference{Object: at.String(), Word: was[id].Word, Sign: Vanished, Old: strings.Join(was[id].Args, " ")})
		}
	}
}

func numbered(list []Item) (byID map[string]Item, order []string) {
	byID, count := map[string]Item{}, map[string]int{}
	for _, i := range list {
		args := strings.Join(i.Args, " ")
		id := args + "\x00" + strconv.Itoa(count[args])
		count[args]++
		byID[id], order = i, append(order, id)
	}
	return byID, order
}

// keptLines compares what stands in the braces of a kept block.
func (c *comparison) keptLines(at *owner, k *keptWord, old, next Item) {
	if k == nil || !k.lines() {
		var words map[string]*keptWord
		if k != nil {
			words = k.blk.kept
		}
		inner := &owner{outer: at, name: strings.Join(append([]string{next.Word}, next.Args...), " "), role: roleOf(at, next.Word, k)}
		c.items(inner, words, old.Lines, next.Lines)
		return
	}
	object := at
	if k.is("name") {
		object = &owner{outer: at, name: next.Word + " " + strings.Join(next.Args, " ")}
	}
	was, is := lineItems(old), lineItems(next)
	c.lines(object.String(), next.Word, was, is, false)
}

func lineItems(block Item) []string {
	out := make([]string, len(block.Lines))
	for i, l := range block.Lines {
		out[i] = strings.Join(append([]string{l.Word}, l.Args...), " ")
	}
	return out
}
