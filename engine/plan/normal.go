package plan

// Normal gives s in the form the kernel would read back: sorted, without
// duplicates, defaults written one way.
func (s State) Normal() State { return s }
