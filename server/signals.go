package main

import (
	"os"
	"os/signal"
	"syscall"

	"holdfast/engine/control"
)

// notify has c told of these signals and of those that ask for a report.
func notify(c chan<- os.Signal, signals ...os.Signal) {
	for _, sig := range control.DumpSignals() {
		signals = append(signals, sig)
	}
	signal.Notify(c, signals...)
}

// reportOf is the report that a signal asks for.
func reportOf(sig os.Signal) (control.Dump, bool) {
	s, ok := sig.(syscall.Signal)
	if !ok {
		return "", false
	}
	return control.DumpOf(s)
}
