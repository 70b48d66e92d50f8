package changes

import "holdfast/engine/convert"

// Veil is a text as whoever may not see its secrets sees it.
func Veil(text string) string { return convert.Veil(text) }

// Veiled is a review as whoever may not see secrets sees it. Its hash stays that of the
// text itself.
func (r Review) Veiled() Review {
	r.Text, r.Running.Text = Veil(r.Text), Veil(r.Running.Text)
	r.Diff = Diff(r.Running.Text, r.Text)
	return r
}
