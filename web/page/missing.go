package page

import (
	"holdfast/web/fault"
	"holdfast/web/live"
)

// lists are the lists in which a missing thing would stand, by the code of its fault.
var lists = map[string]struct{ nav, Word, Path string }{
	"no-router":   {"vips", "nav.vips", "/vips"},
	"no-service":  {"services", "nav.services", "/services"},
	"no-server":   {"services", "nav.services", "/services"},
	"no-revision": {"changes", "nav.changes", "/changes#history"},
	"no-draft":    {"changes", "nav.changes", "/changes"},
	"no-session":  {"system", "nav.sessions", "/system/sessions"},
	"no-mail":     {"system", "nav.mail", "/system/mail#outbox"},
	"no-object":   {"changes", "nav.objects", "/objects"},
	"import-gone": {"changes", "import.title", "/import"},
}

// missing says that a role has nothing of this name, or that it cannot be asked.
func missing(role string, side live.Side, code, name string) error {
	if !side.Seen() {
		return &fault.Error{Code: fault.RoleAway, Args: map[string]string{"Role": role}, Err: side.Err}
	}
	return fault.New(code, "Name", name)
}
