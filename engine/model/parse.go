package model

import (
	"crypto/sha256"
	"encoding/hex"
)

// Parse gives text its meaning on one node: what could be understood, and
// everything found on the way, in the order of the text. It never fails; a text
// with an Error among its findings is not fit to be applied.
func Parse(name string, text []byte, facts Facts) (Config, []Finding) {
	return Config{}, nil
}

// Failed says whether a finding keeps the text from being applied.
func Failed(findings []Finding) bool {
	for _, f := range findings {
		if f.Severity == Error {
			return true
		}
	}
	return false
}

// Hash is the identity of a text: its SHA-256 in hex.
func Hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
