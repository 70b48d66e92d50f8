// Package realtime is what a thread under a real-time policy has to mind: whether
// it is one, that its memory stays in, and that long work runs elsewhere.
package realtime
