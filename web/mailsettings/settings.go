package mailsettings

import (
	"slices"
	"strings"
	"unicode"

	"holdfast/assets"
	"holdfast/store"
	"holdfast/web/fault"
)

// Choices are the values the settings may have where they are not free.
type Choices struct {
	Securities []store.Security
	Scopes     []store.Scope
	Auths      []string
	Langs      []string
}

// All gives every choice, the usual one first.
func All() Choices {
	return Choices{
		Securities: []store.Security{store.SecurityAuto, store.SecurityTLS, store.SecurityStartTLS, store.SecurityNone},
		Scopes:     []store.Scope{store.ScopeAll, store.ScopeSMTPAlert, store.ScopeOff},
		Auths:      []string{store.AuthAuto, store.AuthPlain, store.AuthLogin, store.AuthCramMD5},
		Langs:      assets.Langs,
	}
}

// Validate names the field that keeps the settings from being used; nil: none
// does.
func Validate(m store.MailSettings) error {
	all := All()
	switch {
	case !slices.Contains(all.Securities, m.Security):
		return fault.In("security", "choice")
	case !slices.Contains(all.Scopes, m.Scope):
		return fault.In("scope", "choice")
	case !slices.Contains(all.Auths, m.Auth):
		return fault.In("auth", "choice")
	case m.Host == "" && m.Scope != store.ScopeOff:
		return fault.In("host", "mail-host")
	case len(m.To) == 0 && m.Scope != store.ScopeOff:
		return fault.In("to", "mail-to")
	case m.User != "" && m.Password == "" && m.Scope != store.ScopeOff:
		return fault.In("password", "mail-password")
	}
	// Each of these becomes part of a line of the dialogue.
	for field, text := range map[string]string{"host": m.Host, "user": m.User, "from": m.From, "helo": m.Helo} {
		if strings.ContainsFunc(text, unicode.IsControl) {
			return fault.In(field, "control")
		}
	}
	for _, to := range m.To {
		if err := ValidateRecipient(to); err != nil {
			return err
		}
	}
	return nil
}

// ValidateRecipient says what keeps a text from being a recipient; nil: nothing
// does.
func ValidateRecipient(to string) error {
	switch {
	case strings.ContainsFunc(to, unicode.IsControl):
		return fault.In("to", "control")
	case !strings.Contains(strings.Trim(to, "@"), "@") && to != "root":
		return &fault.Error{Code: "mail-address", Field: "to", Args: map[string]string{"Address": to}}
	}
	return nil
}
