package fault

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"holdfast/engine/cards"
	"holdfast/engine/code"
	"holdfast/engine/conf"
	"holdfast/engine/control"
	"holdfast/engine/objects"
	"holdfast/store"
)

// Error is something that went wrong, for people: Code and Args make the
// sentence in the reader's language. Field names the form field it belongs to.
type Error struct {
	Code  string
	Field string
	Args  map[string]string
	Err   error // the cause, for the log; never shown without a session
}

func (e *Error) Error() string {
	text := e.Code
	if e.Field != "" {
		text = e.Field + ": " + text
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Sentence is the id of the words for the fault.
func (e *Error) Sentence() string {
	if strings.HasPrefix(e.Code, "edit-") {
		return "refused." + e.Code
	}
	return "ui.fault." + e.Code
}

// New is a fault with its arguments as pairs of name and value.
func New(code string, pairs ...string) *Error {
	e := &Error{Code: code}
	for i := 0; i+1 < len(pairs); i += 2 {
		if e.Args == nil {
			e.Args = map[string]string{}
		}
		e.Args[pairs[i]] = pairs[i+1]
	}
	return e
}

// In is a fault in one field of a form.
func In(field, code string) *Error { return &Error{Code: code, Field: field} }

// The codes that more than one room gives.
const (
	NotFound     = "not-found"
	Conflict     = "conflict"
	Unauthorized = "unauthorized"
	SessionEnded = "session-ended" // while a form was filled in
	Forbidden    = "forbidden"
	Internal     = "internal"
	RoleAway     = "role-away"
	ChangedSince = "changed-since" // the thing is another one than the request was made for

	// The states in which the console's own database cannot be used.
	StoreBusy     = "store-busy"
	StoreDamaged  = "store-damaged"
	StoreFull     = "store-full"
	StoreGone     = "store-gone"
	StoreNewer    = "store-newer"
	StoreReadOnly = "store-read-only"
)

// states are the store's errors that name the state of its files.
var states = map[string]error{
	StoreBusy: store.ErrBusy, StoreDamaged: store.ErrDamaged, StoreFull: store.ErrFull, StoreGone: store.ErrGone, StoreNewer: store.ErrNewerSchema, StoreReadOnly: store.ErrReadOnly,
}

// statuses is the HTTP status of each code; a code that is missing here is a
// fault of what was sent, 422.
var statuses = map[string]int{
	NotFound:             http.StatusNotFound,
	Conflict:             http.StatusConflict,
	Unauthorized:         http.StatusUnauthorized,
	SessionEnded:         http.StatusUnauthorized,
	Forbidden:            http.StatusForbidden,
	Internal:             http.StatusInternalServerError,
	RoleAway:             http.StatusServiceUnavailable,
	"candidate-there":    http.StatusConflict,
	"candidate-waits":    http.StatusConflict,
	"edited-meanwhile":   http.StatusConflict,
	"merged-meanwhile":   http.StatusConflict,
	"gone-meanwhile":     http.StatusConflict,
	"applied-meanwhile":  http.StatusConflict,
	"drafts-full":        http.StatusConflict,
	"draft-name-taken":   http.StatusConflict,
	"no-candidate":       http.StatusNotFound,
	ChangedSince:         http.StatusPreconditionFailed,
	cards.NoCard:         http.StatusNotFound,
	cards.ServiceThere:   http.StatusConflict,
	cards.AddressTwice:   http.StatusConflict,
	objects.NoObject:     http.StatusNotFound,
	objects.ObjectThere:  http.StatusConflict,
	objects.ObjectOff:    http.StatusConflict,
	conf.EditNowhere:     http.StatusConflict,
	"no-router":          http.StatusNotFound,
	"no-service":         http.StatusNotFound,
	"no-server":          http.StatusNotFound,
	"no-revision":        http.StatusNotFound,
	"no-draft":           http.StatusNotFound,
	"no-session":         http.StatusNotFound,
	"no-mail":            http.StatusNotFound,
	"no-mail-settings":   http.StatusNotFound,
	"busy":               http.StatusServiceUnavailable,
	"overloaded":         http.StatusServiceUnavailable,
	"gone-back":          http.StatusConflict,
	"half-kept":          http.StatusBadGateway,
	"cross-origin":       http.StatusForbidden,
	"login-refused":      http.StatusUnauthorized,
	"code-needed":        http.StatusUnauthorized,
	"factor-there":       http.StatusConflict,
	"factor-none":        http.StatusConflict,
	"no-user":            http.StatusNotFound,
	"user-there":         http.StatusConflict,
	"last-admin":         http.StatusConflict,
	"no-token":           http.StatusNotFound,
	"token-there":        http.StatusConflict,
	"tokens-full":        http.StatusConflict,
	"scope-above":        http.StatusForbidden,
	"key-reused":         http.StatusUnprocessableEntity,
	"key-busy":           http.StatusConflict,
	"login-throttled":    http.StatusTooManyRequests,
	"misdirected":        http.StatusMisdirectedRequest,
	"misdirected-proxy":  http.StatusMisdirectedRequest,
	"method":             http.StatusMethodNotAllowed,
	"nothing-pending":    http.StatusConflict,
	"pending":            http.StatusConflict,
	"role-failed":        http.StatusBadGateway,
	"program-user":       http.StatusForbidden,
	"program-shell":      http.StatusForbidden,
	"program-directory":  http.StatusForbidden,
	"program-writable":   http.StatusForbidden,
	"program-file":       http.StatusForbidden,
	"import-gone":        http.StatusNotFound,
	"import-meanwhile":   http.StatusConflict,
	"running-changed":    http.StatusConflict,
	"settings-meanwhile": http.StatusConflict,
	"setup-closed":       http.StatusForbidden,
	StoreBusy:            http.StatusServiceUnavailable,
	StoreDamaged:         http.StatusInternalServerError,
	StoreNewer:           http.StatusInternalServerError,
	StoreGone:            http.StatusServiceUnavailable,
	StoreFull:            http.StatusInsufficientStorage,
	StoreReadOnly:        http.StatusServiceUnavailable,
	"streams":            http.StatusTooManyRequests,
	"too-slow":           http.StatusRequestTimeout,
	"unreadable":         http.StatusBadRequest,
	"too-large":          http.StatusRequestEntityTooLarge,
	"unknown-page":       http.StatusNotFound,

	"standby-maintenance":    http.StatusConflict,
	"standby-not-master":     http.StatusConflict,
	"standby-owns":           http.StatusConflict,
	"standby-backup-unknown": http.StatusConflict,
}

// Status is the HTTP status of the fault.
func (e *Error) Status() int {
	if s, ok := statuses[e.Code]; ok {
		return s
	}
	return http.StatusUnprocessableEntity
}

// RetryAfter is after how many seconds the request may be made again, "" where
// that is not known.
func (e *Error) RetryAfter() string {
	if e.Code == "overloaded" {
		return "2"
	}
	return e.Args["Seconds"]
}

// Of makes a fault of any error. An error without a code is internal.
func Of(err error) *Error {
	var e *Error
	var p *control.Problem
	var large *http.MaxBytesError
	var object *objects.Fault
	var card *cards.Fault
	var refusal *conf.Refusal
	switch {
	case errors.As(err, &e):
		return e
	case errors.As(err, &large):
		return &Error{Code: "too-large", Err: err}
	case errors.As(err, &p):
		return ofRole(p)
	case errors.As(err, &object):
		return &Error{Code: object.Code, Args: object.Args, Err: err}
	case errors.As(err, &card):
		return &Error{Code: card.Code, Field: card.Field, Args: card.Args, Err: err}
	case errors.As(err, &refusal):
		return &Error{Code: refusal.Code, Args: refusal.Args, Err: err}
	case errors.Is(err, store.ErrNotFound):
		return &Error{Code: NotFound, Err: err}
	case errors.Is(err, store.ErrDrafts):
		return &Error{Code: "drafts-full", Args: map[string]string{"N": strconv.Itoa(store.KeepDrafts)}, Err: err}
	case errors.Is(err, store.ErrConflict):
		return &Error{Code: Conflict, Err: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{Code: RoleAway, Err: err}
	}
	for code, state := range states {
		if errors.Is(err, state) {
			return &Error{Code: code, Err: err}
		}
	}
	return &Error{Code: Internal, Err: err}
}

// Ours says whether it is the console that is not well: the log has to tell why.
func (e *Error) Ours() bool {
	return e.Code == Internal || states[e.Code] != nil
}

// programs are the faults of a program that may not be run, by the reason.
var programs = map[string]string{
	"user": "program-user", "shell": "program-shell", "directory": "program-directory", "writable": "program-writable", "file": "program-file",
}

// ofRole words what a role answered.
func ofRole(p *control.Problem) *Error {
	e := &Error{Code: "role-failed", Args: map[string]string{"Reason": p.Message}, Err: p}
	switch p.Code {
	case control.Conflict:
		e.Code = "running-changed"
		if why := p.Args["standby"]; why != "" {
			e.Code, e.Args = "standby-"+why, map[string]string{"Names": p.Args["objects"]}
		}
	case control.Busy:
		e.Code = "busy"
	case control.NotFound:
		switch virtual, server := p.Args["virtual"], p.Args["server"]; {
		case p.Args["router"] != "":
			e.Code, e.Args = "no-router", map[string]string{"Name": p.Args["router"]}
		case server != "":
			e.Code, e.Args = "no-server", map[string]string{"Name": server, "Virtual": virtual}
		case virtual != "":
			e.Code, e.Args = "no-service", map[string]string{"Name": virtual}
		}
	case control.Invalid:
		if p.Args["order"] != "" {
			e.Code = "no-order"
		} else if p.Args["verify"] != "" {
			e.Code = "no-verify"
		}
		if c := programs[p.Args["reason"]]; c != "" && p.Args["code"] == code.ProgramRefused {
			e.Code = c
			e.Args = map[string]string{"Line": p.Args["line"], "Command": p.Args["command"], "User": p.Args["user"]}
		}
	}
	return e
}
