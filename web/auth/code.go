package auth

import (
	"time"

	"holdfast/store"
)

// CodeAt is the code that an authenticator app shows at an instant for a secret in
// base32; "" for what is none.
func CodeAt(secret store.Secret, now time.Time) string {
	key, err := base.DecodeString(secret.Reveal())
	if err != nil {
		return ""
	}
	return codeAt(key, stepAt(now))
}
