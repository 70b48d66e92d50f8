package control

// StopMode is how a role ends, or the parent with all roles.
type StopMode string

// The ways to end.
const (
	Release StopMode = "release"
	Handoff StopMode = "handoff"
)

// What the parent says to a role over its lifeline.
const (
	LifelineHandoff byte = '\n' // end, and leave all to the next process
	LifelineSign    byte = '.'  // the parent goes on
)

// StopModeOf is the mode that a request asks for; the error is a *Problem.
func StopModeOf(word string) (StopMode, error) {
	switch mode := StopMode(word); mode {
	case Release, Handoff:
		return mode, nil
	}
	return "", &Problem{Code: Invalid, Message: "mode is neither release nor handoff", Args: map[string]string{"mode": word}}
}
