package cli

import (
	"errors"

	"holdfast/server/show"
)

// The exit codes beside 0.
const (
	Failed = 1 // the operation was refused or failed
	Wrong  = 2 // the command was not understood
)

// Exit is an error that names its exit code. With no Err inside, all that is to be said
// was said.
type Exit struct {
	Code int
	Err  error
}

// Error is the text of the cause; "" without one.
func (e Exit) Error() string {
	if e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

// Unwrap gives the cause.
func (e Exit) Unwrap() error { return e.Err }

// Usage is an error about how a command was called: the sentence with this id, its
// arguments as pairs of name and value.
func Usage(e *show.Env, id string, args ...string) error {
	return Exit{Code: Wrong, Err: Said(e, id, args...)}
}

// Said is an error in the reader's language: the sentence with this id, its arguments as
// pairs of name and value.
func Said(e *show.Env, id string, args ...string) error {
	m := map[string]string{}
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	return errors.New(e.Text(id, m))
}
