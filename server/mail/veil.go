package mail

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
)

// veil takes a password out of what a server says: some servers repeat the line
// that they do not understand, whole or its beginning, and the log, the outbox and
// the page show answers as they came.
type veil struct {
	pieces map[string]bool // of each form of the secret, in lower case, veilPiece bytes or the whole form
	sizes  map[int]bool    // the lengths of the pieces
}

// veilPiece is how many characters in a row give a secret away.
const veilPiece = 8

// newVeil knows a password in the forms in which it may come back.
func newVeil(user, password string) *veil {
	v := &veil{pieces: map[string]bool{}, sizes: map[int]bool{}}
	if password == "" {
		return v
	}
	v.add(password)
	v.add(url.QueryEscape(password))
	v.add(url.PathEscape(password))
	v.add(hex.EncodeToString([]byte(password)))
	v.addBase64([]byte(plainAnswer(user, password)))
	// Base64 reads three bytes at a time: what it makes of a text depends on where in
	// a longer one that stands.
	for before := range 3 {
		v.addBase64Within(password, before)
	}
	return v
}

// add hides one form of the secret.
func (v *veil) add(form string) {
	form = lower(form)
	size := min(len(form), veilPiece)
	if size == 0 {
		return
	}
	v.sizes[size] = true
	for i := 0; i+size <= len(form); i++ {
		v.pieces[form[i:i+size]] = true
	}
}

// addBase64 hides the text in both alphabets of base64 (RFC 4648).
func (v *veil) addBase64(text []byte) {
	v.add(base64.RawStdEncoding.EncodeToString(text))
	v.add(base64.RawURLEncoding.EncodeToString(text))
}

// addBase64Within hides what base64 makes of a text with so many bytes before it:
// the characters that depend on this text alone.
func (v *veil) addBase64Within(text string, before int) {
	padded := append(make([]byte, before), text...)
	first, last := (before*8+5)/6, len(padded)*8/6
	if last-first < 4 {
		return // three letters say nothing, and would hide every word that has them
	}
	v.add(base64.RawStdEncoding.EncodeToString(padded)[first:last])
	v.add(base64.RawURLEncoding.EncodeToString(padded)[first:last])
}

// over gives the text with dots in place of every piece of the secret, in upper or
// lower case.
func (v *veil) over(text string) string {
	if v == nil || len(v.pieces) == 0 {
		return text
	}
	folded := lower(text)
	covered := make([]bool, len(text))
	for size := range v.sizes {
		for i := 0; i+size <= len(folded); i++ {
			if v.pieces[folded[i:i+size]] {
				for j := i; j < i+size; j++ {
					covered[j] = true
				}
			}
		}
	}
	budget := mostDecoded
	v.within(text, covered, &budget)
	var out strings.Builder
	for i := range len(text) {
		switch {
		case !covered[i]:
			out.WriteByte(text[i])
		case i == 0 || !covered[i-1]:
			out.WriteString(hidden)
		}
	}
	return out.String()
}

// lower folds ASCII letters and keeps every byte in its place.
func lower(text string) string {
	b := []byte(text)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// saidError is an error with what may be shown of it. The error below is for
// errors.Is and errors.As.
type saidError struct {
	text  string
	cause error
}

func (e saidError) Error() string { return e.text }
func (e saidError) Unwrap() error { return e.cause }

// error gives err with a text that holds no secret and is short enough to be kept.
func (v *veil) error(err error) error {
	if err == nil {
		return nil
	}
	return saidError{clip(v.over(err.Error())), err}
}
