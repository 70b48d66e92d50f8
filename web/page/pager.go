package page

import (
	"cmp"
	"slices"
)

// pageSize is how many rows a list shows at once.
const pageSize = 50

// pageAfter sorts rows by name and gives the page that begins behind a name, and
// the name the next page begins behind; "" is none. So pages stay put while the
// table changes.
func pageAfter[T any](rows []T, after string, name func(T) string) (page []T, next string) {
	slices.SortFunc(rows, func(a, b T) int { return cmp.Compare(name(a), name(b)) })
	begin, found := slices.BinarySearchFunc(rows, after, func(r T, at string) int { return cmp.Compare(name(r), at) })
	if found {
		begin++
	}
	page = rows[begin:min(len(rows), begin+pageSize)]
	if begin+pageSize < len(rows) {
		next = name(page[pageSize-1])
	}
	return page, next
}
