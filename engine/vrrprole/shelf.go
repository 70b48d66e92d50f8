package vrrprole

import (
	"maps"
	"slices"
)

// shelf is what the masters are to hold of one sort of thing, and what of it is in the
// kernel by our doing.
type shelf[K comparable, T comparable] struct {
	keyOf   func(T) K
	normal  func(T) T
	wanted  map[routerKey][]T
	wishers map[K][]wisher[T]
	placed  map[K]T // as the kernel has it, in normal form
}

// wisher is a master that is to hold a thing in this form.
type wisher[T any] struct {
	router routerKey
	thing  T
}

func newShelf[K comparable, T comparable](keyOf func(T) K, normal func(T) T) shelf[K, T] {
	return shelf[K, T]{keyOf, normal, map[routerKey][]T{}, map[K][]wisher[T]{}, map[K]T{}}
}

// clone shares nothing that change touches.
func (s shelf[K, T]) clone() shelf[K, T] {
	s.wanted, s.wishers, s.placed = maps.Clone(s.wanted), maps.Clone(s.wishers), maps.Clone(s.placed)
	return s
}

// change takes note of what routers wish for, and gives what we know to be there of the
// things that this touches, and what is to be there. more are touched besides.
func (s *shelf[K, T]) change(wishes []wish, of func(wish) []T, more func(T) bool) (have, want []T) {
	touched := map[K]bool{}
	asks := map[routerKey]bool{}
	for _, w := range wishes {
		asks[w.router] = true
		s.forget(w.router, touched)
		s.note(w.router, of(w), touched)
	}
	if more != nil {
		for key, placed := range s.placed {
			if more(placed) {
				touched[key] = true
			}
		}
	}
	for key := range touched {
		placed, there := s.placed[key]
		if there {
			have = append(have, placed)
		}
		if t, wanted := s.choose(key, asks); wanted {
			want = append(want, t)
		}
	}
	return have, want
}

// choose says how a thing is to be, if it is to be there at all. One that several
// masters hold stays as it is while it suits any of them, and while those whom it does
// not suit ask for nothing.
func (s *shelf[K, T]) choose(key K, asks map[routerKey]bool) (t T, wanted bool) {
	placed, there := s.placed[key]
	var asked []T
	for _, w := range s.wishers[key] {
		if there && w.thing == placed {
			return placed, true
		}
		if asks[w.router] {
			asked = append(asked, w.thing)
		}
	}
	if len(asked) > 0 {
		return asked[0], true
	}
	return placed, there && len(s.wishers[key]) > 0
}

// forget takes back what a router wished for.
func (s *shelf[K, T]) forget(router routerKey, touched map[K]bool) {
	for _, t := range s.wanted[router] {
		key := s.keyOf(t)
		touched[key] = true
		left := slices.DeleteFunc(slices.Clone(s.wishers[key]), func(w wisher[T]) bool { return w.router == router })
		if s.wishers[key] = left; len(left) == 0 {
			delete(s.wishers, key)
		}
	}
	delete(s.wanted, router)
}

// note keeps a wish; of a thing that it names twice the first counts.
func (s *shelf[K, T]) note(router routerKey, things []T, touched map[K]bool) {
	if len(things) == 0 {
		return
	}
	s.wanted[router] = things
	for _, t := range things {
		key := s.keyOf(t)
		touched[key] = true
		list := s.wishers[key]
		if n := len(list); n == 0 || list[n-1].router != router {
			s.wishers[key] = append(slices.Clip(list), wisher[T]{router, s.normal(t)})
		}
	}
}

// see takes note of what the kernel has of all that was placed, and of what is ours
// beside it.
func (s *shelf[K, T]) see(there map[K]T, ours []T) {
	for _, t := range ours {
		if now, is := there[s.keyOf(t)]; is {
			s.placed[s.keyOf(t)] = now
		}
	}
	for key := range s.placed {
		if now, is := there[key]; is {
			s.placed[key] = now
		} else {
			delete(s.placed, key)
		}
	}
}

// lost gives what a router is to hold and somebody else took off, or put there anew in
// another form, and takes note of it. What the kernel never took is not meant.
func (s *shelf[K, T]) lost(router routerKey, there map[K]T) (lost []T) {
	for _, t := range s.wanted[router] {
		key := s.keyOf(t)
		placed, was := s.placed[key]
		now, is := there[key]
		if !was || is && now == placed {
			continue
		}
		lost = append(lost, t)
		if s.placed[key] = now; !is {
			delete(s.placed, key)
		}
	}
	return lost
}

// renamed takes note of things that are called otherwise now, and gives those of them
// that nobody is to hold under this name.
func (s *shelf[K, T]) renamed(rename func(T) (T, bool)) (off []T) {
	for key, t := range s.placed {
		now, is := rename(t)
		if !is {
			continue
		}
		delete(s.placed, key)
		s.placed[s.keyOf(now)] = now
		if !s.isWanted(now) {
			off = append(off, now)
		}
	}
	return off
}

// put and taken take note of what the kernel has carried out.
func (s *shelf[K, T]) put(t T)   { s.placed[s.keyOf(t)] = t }
func (s *shelf[K, T]) taken(t T) { delete(s.placed, s.keyOf(t)) }

// has says whether a thing is there by our doing.
func (s *shelf[K, T]) has(t T) bool {
	_, is := s.placed[s.keyOf(t)]
	return is
}

// isWanted says whether any master is to hold a thing.
func (s *shelf[K, T]) isWanted(t T) bool { return len(s.wishers[s.keyOf(t)]) > 0 }

// all is what the masters are to hold.
func (s *shelf[K, T]) all() (list []T) {
	for _, some := range s.wanted {
		list = append(list, some...)
	}
	return list
}

// known is all that is wanted or placed.
func (s *shelf[K, T]) known() []T { return slices.AppendSeq(s.all(), maps.Values(s.placed)) }

// item is a thing of any sort.
type item interface {
	put()
	taken()
	has() bool      // whether it is there by our doing
	isWanted() bool // whether any master is to hold it
}

// onShelf is a thing and the shelf for its sort.
type onShelf[K comparable, T comparable] struct {
	shelf *shelf[K, T]
	thing T
}

func (o onShelf[K, T]) put()           { o.shelf.put(o.thing) }
func (o onShelf[K, T]) taken()         { o.shelf.taken(o.thing) }
func (o onShelf[K, T]) has() bool      { return o.shelf.has(o.thing) }
func (o onShelf[K, T]) isWanted() bool { return o.shelf.isWanted(o.thing) }
