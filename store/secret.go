package store

import "log/slog"

const dots = "••••••"

// Secret is a word that is never printed: every printing of it is dots, also
// as JSON and in a log.
type Secret string

// String hides the secret.
func (s Secret) String() string { return dots }

// GoString hides the secret.
func (s Secret) GoString() string { return dots }

// LogValue hides the secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(dots) }

// MarshalText hides the secret; an empty one stays empty, so that a reader can
// tell whether there is one.
func (s Secret) MarshalText() ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	return []byte(dots), nil
}

// Reveal gives the word itself, for the wire.
func (s Secret) Reveal() string { return string(s) }
