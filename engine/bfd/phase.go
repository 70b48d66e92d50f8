package bfd

import "strconv"

// Phase is the state of a session, as RFC 5880 names and numbers it.
type Phase uint8

// The phases.
const (
	AdminDown Phase = iota
	Down
	Init
	Up
)

var phaseNames = [...]string{"ADMIN_DOWN", "DOWN", "INIT", "UP"}

// String is the name of the phase as the status shows it.
func (p Phase) String() string {
	if int(p) < len(phaseNames) {
		return phaseNames[p]
	}
	return strconv.Itoa(int(p))
}

// Diag is why a session left Up last (RFC 5880, 4.1).
type Diag uint8

// The diagnostics that this side gives. A neighbour may give others.
const (
	NoDiag       Diag = 0
	Expired      Diag = 1 // no packet within the detection time
	NeighborDown Diag = 3 // the neighbour said so
	Stopped      Diag = 7 // by an operator
)

var diagNames = [...]string{
	"", "control-detection-expired", "echo-failed", "neighbor-down", "forwarding-reset",
	"path-down", "concatenated-path-down", "administratively-down", "reverse-path-down",
}

// String is the name of the diagnostic, "" for none.
func (d Diag) String() string {
	if int(d) < len(diagNames) {
		return diagNames[d]
	}
	return strconv.Itoa(int(d))
}
