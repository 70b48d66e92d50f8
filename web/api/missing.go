package api

import (
	"errors"
	"strconv"

	"holdfast/store"
	"holdfast/web/fault"
)

// lists are the requests that answer with what there is in place of a missing thing, by
// the code of its fault. To programs each of them is not-found.
var lists = map[string]string{
	"no-router":        "GET /api/v1/instances",
	"no-service":       "GET /api/v1/services",
	"no-server":        "GET /api/v1/services",
	"no-revision":      "GET /api/v1/revisions",
	"no-draft":         "GET /api/v1/drafts",
	"no-session":       "GET /api/v1/sessions",
	"no-mail":          "GET /api/v1/mail/outbox",
	"no-mail-settings": "",
	"no-object":        "",
}

// missed makes of a thing that the store has not one that the answer names.
func missed(err error, code, name string) error {
	if errors.Is(err, store.ErrNotFound) || err != nil && fault.Of(err).Code == fault.NotFound {
		return fault.New(code, "Name", name)
	}
	return err
}

func numbered(err error, code string, number int64) error {
	return missed(err, code, strconv.FormatInt(number, 10))
}
