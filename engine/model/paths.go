package model

import (
	"maps"
	"slices"
	"sync"
)

// readPaths gives the paths of the blocks of a name, and of the lines of a word.
var readPaths = sync.OnceValue(func() map[string][]string {
	paths := map[string][]string{root: {""}}
	add := func(word, path string) bool {
		if slices.Contains(paths[word], path) {
			return false
		}
		paths[word] = append(paths[word], path)
		return true
	}
	var kept func(words map[string]*keptWord, path string)
	kept = func(words map[string]*keptWord, path string) {
		for _, w := range slices.Sorted(maps.Keys(words)) {
			k := words[w]
			if w == k.word && (k.blk != nil || k.options != nil) && add(w, join(path, w)) {
				if k.blk != nil {
					kept(k.blk.kept, join(path, w))
				}
			}
		}
	}
	var walk func(b *block)
	walk = func(b *block) {
		if b.path != "" {
			add(b.word, b.path)
		}
		kept(b.kept, b.path)
		for _, d := range b.order {
			if d.options != nil {
				add(d.word, join(b.path, d.word))
			}
			for _, w := range d.words {
				if sub := d.subs[w]; sub != nil {
					walk(sub)
				}
			}
		}
	}
	walk(readTable())
	return paths
})
