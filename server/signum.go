package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"holdfast/engine/control"
)

// signum prints the number of a signal by keepalived's name for it, as keepalived
// --signum does: exporters ask for it before they send one.
func signum(e *env, name string) error {
	sig, ok := control.Signum(name)
	if !ok {
		return exitError{Code: exitUsage, Err: usage(e, "usage.signum", "Value", name)}
	}
	_, err := fmt.Fprintln(e.Out, int(sig))
	return err
}

// answersAs gives the answer of keepalived where this binary is called by that name,
// as a link to it is; false leaves the command line to ourselves. Exporters read the
// version from the first line of standard error, and whether there is a JSON signal
// from what keepalived was built with.
func answersAs(e *env, name string, args []string) bool {
	if filepath.Base(name) != "keepalived" || len(args) != 1 || !slices.Contains([]string{"-v", "--version"}, args[0]) {
		return false
	}
	// The version has to stand alone: an exporter refuses one with a comma behind it.
	fmt.Fprintf(e.Err, "Keepalived v%s (as Holdfast %s speaks it)\n\nconfigure options: --enable-json\n", spoken, e.Version)
	return true
}

// spoken is the release of keepalived whose reports and signals are ours.
const spoken = "2.2.7"
