// Package interop sets Holdfast beside keepalived on one wire, each once as the
// master and once as the backup, and measures from the frames what RFC 3768
// promises: election, preemption, a priority changed by a script, a graceful
// stop and a crash. It holds tests only.
package interop
