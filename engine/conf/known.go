package conf

// knows gives a function that says whether the bytes from..to of a text, a statement
// that begins with word, are to be left out.
func (o Options) knows(text string) func(from, to int, word string) bool {
	head, tail := same(text, o.Known)
	return func(from, to int, word string) bool {
		was := from
		switch {
		case !o.Budget.Apart[word]:
			return false
		case to < head:
		case from > len(text)-tail:
			was += len(o.Known) - len(text)
		default:
			return false
		}
		return o.Left == nil || o.Left(from, was)
	}
}

// same is how many bytes two texts have in common at the beginning, and how many at
// the end.
func same(a, b string) (head, tail int) {
	if a == b {
		return len(a) + 1, 0 // what ends with the text is the same, too
	}
	short := min(len(a), len(b))
	head = equalParts(short, func(n, m int) bool { return a[n:m] == b[n:m] })
	tail = equalParts(short, func(n, m int) bool { return a[len(a)-m:len(a)-n] == b[len(b)-m:len(b)-n] })
	return head, tail
}

// equalParts is how many of so many bytes are equal, of which equal compares some.
func equalParts(of int, equal func(from, to int) bool) int {
	n := 0
	for step := 1 << 16; step > 0; {
		if to := n + step; to <= of && equal(n, to) {
			n = to
		} else {
			step /= 2
		}
	}
	return n
}
