package vrrprole

// input is something that came in for the loop.
type input interface{ reach(l *loop) }

// loopQuestion is a request from outside.
type loopQuestion func(*loop)

func (q loopQuestion) reach(l *loop) { q(l) }
