package plan

// With gives the state the kernel would be in after o, or the error it would
// answer: EEXIST, ENOENT, ESRCH, EADDRNOTAVAIL.
func (s State) With(o Op) (State, error) { return s, nil }
