package show

import (
	"io"

	"holdfast/assets"
)

// Env is what every command gets: the reader's language, where words go, and
// which build this is.
type Env struct {
	Lang     string
	Out, Err io.Writer
	Version  string
}

// Text gives the sentence with this id in the reader's language.
func (e *Env) Text(id string, args map[string]string) string {
	return assets.Text(e.Lang, id, args)
}
