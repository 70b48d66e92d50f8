package mailsettings

import (
	"slices"

	"holdfast/store"
	"holdfast/web/fault"
)

// guards orders the ways to connect by what they promise about a password.
var guards = []store.Security{store.SecurityNone, store.SecurityAuto, store.SecurityStartTLS, store.SecurityTLS}

// WithStored puts the stored password into settings that came without one. It
// goes only where it was given for: the same server, port and user, guarded no
// less. Fault: password-again.
func WithStored(m, old store.MailSettings) (store.MailSettings, error) {
	if m.Password != "" || m.User == "" || old.Password == "" {
		return m, nil
	}
	weaker := guard(m.Security) < guard(old.Security) || old.VerifyCert && (!m.VerifyCert || m.CAPEM != old.CAPEM)
	if m.Host != old.Host || m.Port != old.Port || m.User != old.User || weaker {
		return m, fault.In("password", "password-again")
	}
	m.Password = old.Password
	return m, nil
}

// guard is the rank of a way to connect. STARTTLS is as good as TLS: without it
// nothing is sent.
func guard(s store.Security) int {
	return min(slices.Index(guards, s), slices.Index(guards, store.SecurityStartTLS))
}
