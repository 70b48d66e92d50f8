package model

import (
	"cmp"
	"reflect"
	"slices"

	"holdfast/engine/conf"
)

// counted is how many elements the blocks of a directive that stand in the block
// being read add to its list.
type counted struct {
	d    *directive
	many int
}

// reserve makes room for what is listed here, so that a hundred thousand blocks are
// not copied again and again, and no element moves once its place is known.
func (b *binder) reserve(blk *block, nodes []conf.Node, v reflect.Value) {
	b.counts = b.counts[:0]
	var last known
	for i := range nodes {
		if n := &nodes[i]; n.Block != nil && len(n.Words) > 0 {
			switch d := last.look(blk, n.Words[0].Raw); {
			case d == nil:
			case d.listsBlocks():
				b.count(d, 1)
			case d.lines():
				b.count(d, d.valuesIn(n))
			}
		}
	}
	for _, c := range b.counts {
		b.room(v.FieldByIndex(c.d.field), c.many)
	}
}

func (b *binder) count(d *directive, many int) {
	for i := range b.counts {
		if b.counts[i].d == d {
			b.counts[i].many += many
			return
		}
	}
	b.counts = append(b.counts, counted{d, many})
}

// listsBlocks says whether each block of the word becomes one element of a list.
func (d *directive) listsBlocks() bool {
	return d.subs != nil && !d.same && d.typ.Kind() == reflect.Slice
}

// room makes room in a list.
func (b *binder) room(list reflect.Value, many int) {
	if b.keeps.stays != servers && list.Len() == 0 {
		switch list := list.Addr().Interface().(type) {
		case *[]Virtual:
			return // the next takes the room of the last
		case *[]Real:
			*list = b.lent.servers.take(many)
			return
		case *[]Check:
			*list = b.lent.checks.take(many)
			return
		case *[]URL:
			*list = b.lent.urls.take(many)
			return
		}
	}
	list.Grow(many)
}

// lent are the lists of a virtual server that is forgotten once it has been
// validated: the next one gets the same room.
type lent struct {
	servers slab[Real]
	checks  slab[Check]
	urls    slab[URL]
}

// keeps is what a reader keeps of a text.
type keeps struct {
	stays  keeping   // of a virtual server
	known  string    // a text whose virtual servers are not read again
	before []Virtual // those of known, resolved, where they are to be kept
	places bool      // where each virtual server stands is kept
}

// stands keeps the virtual server that begins at was in the text before, and at in
// this one. False means that there is none, or that it has to be read here.
func (b *binder) stands(at, was int) bool {
	list := b.keeps.before
	i, found := slices.BinarySearchFunc(list, uint32(was)+1, func(v Virtual, place uint32) int { return cmp.Compare(v.place, place) })
	if !found {
		return false
	}
	v := list[i]
	if b.names.virtuals[v.key()] {
		return false // one that is written twice is told
	}
	b.names.virtuals[v.key()] = true
	v.place, v.resolved = uint32(at)+1, true
	b.cfg.Virtuals, b.shared = append(b.cfg.Virtuals, v), true
	return true
}

// keeping is what stays of a virtual server once it has been validated.
type keeping int

const (
	servers  keeping = iota // all
	commands                // its commands
	nothing
)

// gathered is what makes a command another one.
type gathered struct {
	line  string
	shell bool
	user  Opt[User]
}

// gather keeps a command of a virtual server.
func (b *binder) gather(c Command) {
	g := gathered{c.Line, c.Shell, c.User}
	if c.Written() && !b.gathered[g] {
		if b.gathered == nil {
			b.gathered = map[gathered]bool{}
		}
		b.gathered[g] = true
		b.commands = append(b.commands, c)
	}
}

// recall drops the virtual servers, and takes back what was lent to them.
func (b *binder) recall() {
	switch {
	case b.keeps.stays == servers:
		return
	case b.keeps.stays == commands && b.commanded:
		walkCommands(reflect.ValueOf(b.cfg.Virtuals), b.gather)
	}
	clear(b.cfg.Virtuals)
	b.cfg.Virtuals = b.cfg.Virtuals[:0]
	b.lent.servers.clear()
	b.lent.checks.clear()
	b.lent.urls.clear()
}

// slab is room for many short lists.
type slab[T any] struct {
	room []T
	used int
}

// atOnce is for how many elements room is made at least.
const atOnce = 64

// take gives an empty list with room for n elements.
func (s *slab[T]) take(n int) []T {
	if s.used+n > len(s.room) {
		s.room, s.used = make([]T, max(atOnce, n, 2*len(s.room))), 0
	}
	list := s.room[s.used : s.used : s.used+n]
	s.used += n
	return list
}

// clear takes all lists back.
func (s *slab[T]) clear() {
	clear(s.room[:s.used])
	s.used = 0
}
