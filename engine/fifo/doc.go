// Package fifo writes lines into the named pipes of notify_fifo and runs their readers.
// A write never blocks the caller: opening, writing and ending are the work of one
// goroutine, and what a full pipe does not take is lost, as with keepalived. It knows
// nothing of what the lines mean.
package fifo
