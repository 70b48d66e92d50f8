package control

// StopMode is how a role ends.
type StopMode string

// The ways to end.
const (
	Release StopMode = "release"
	Handoff StopMode = "handoff"
)
