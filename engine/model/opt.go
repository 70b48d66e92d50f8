package model

// Opt holds a value and whether the operator wrote it. Before Resolve an
// unwritten Opt has the zero value; after Resolve every Opt holds the value in
// force, and Written still tells where it came from.
type Opt[T any] struct {
	Val     T
	Written bool
}

// Some is an Opt that the operator wrote.
func Some[T any](v T) Opt[T] { return Opt[T]{Val: v, Written: true} }

// Or gives the written value, or d.
func (o Opt[T]) Or(d T) T {
	if o.Written {
		return o.Val
	}
	return d
}
