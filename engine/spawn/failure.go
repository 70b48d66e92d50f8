package spawn

import (
	"errors"
	"io/fs"
	"os/exec"
	"slices"
	"syscall"

	"holdfast/engine/script"
)

// failure is why a program could not be started, on its way to the role. What errors.Is
// finds there it finds here as well, as far as a role asks.
type failure struct {
	Text  string        `json:"text"`
	Kinds []string      `json:"kinds,omitempty"`
	Errno syscall.Errno `json:"errno,omitempty"`
}

// kinds are the errors that a role tells apart.
var kinds = map[string]error{
	"interpreter": script.ErrInterpreter, "carriage-return": script.ErrCarriageReturn, "format": script.ErrFormat,
	"root-refused": script.ErrRootRefused, "no-user": script.ErrNoUser, "unsafe": script.ErrUnsafe,
	"not-found": exec.ErrNotFound, "not-exist": fs.ErrNotExist, "permission": fs.ErrPermission,
}

func failureOf(err error) *failure {
	if err == nil {
		return nil
	}
	f := &failure{Text: err.Error()}
	for name, kind := range kinds {
		if errors.Is(err, kind) {
			f.Kinds = append(f.Kinds, name)
		}
	}
	slices.Sort(f.Kinds)
	errors.As(err, &f.Errno)
	return f
}

func (f *failure) Error() string { return f.Text }

// Unwrap gives what the error was of.
func (f *failure) Unwrap() []error {
	var list []error
	for _, name := range f.Kinds {
		if kind := kinds[name]; kind != nil {
			list = append(list, kind)
		}
	}
	if f.Errno != 0 {
		list = append(list, f.Errno)
	}
	return list
}
