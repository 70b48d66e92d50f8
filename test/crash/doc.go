// Package crash kills the processes of a director, one by one and all at once,
// while it serves, and looks from outside at what was promised: the adverts on
// the wire, the addresses in the kernel, the journal. It holds tests only.
package crash
