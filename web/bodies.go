package web

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/store"
	"holdfast/web/access"
	"holdfast/web/api"
	"holdfast/web/auth"
	"holdfast/web/fault"
	"holdfast/web/page"
)

// How large a body may be.
const (
	largest  = api.MostBody // a big configuration from an editor, however it is written
	settings = 512 << 10    // a form with certificates
	small    = 16 << 10     // all other forms, and all that others than editors send
	large    = 1 << 20      // from here on a body is one of few
)

// limits are those of the addresses that take more than a small form from an editor. The
// button that discards a text is in the form of the editor, so the text comes along.
var limits = map[access.Row]int64{
	{Method: "POST", Path: "/changes/candidate", Least: store.Editor}:               largest,
	{Method: "POST", Path: "/changes/discard", Least: store.Editor}:                 largest,
	{Method: "POST", Path: "/changes/import", Least: store.Editor}:                  largest,
	{Method: "POST", Path: "/changes/merge", Least: store.Editor}:                   largest,
	{Method: "POST", Path: "/import", Least: store.Editor}:                          largest,
	{Method: "POST", Path: "/import/pair", Least: store.Editor}:                     largest,
	{Method: "PUT", Path: access.APIRoot + "/candidate", Least: store.Editor}:       largest,
	{Method: "POST", Path: access.APIRoot + "/check", Least: store.Editor}:          largest,
	{Method: "POST", Path: access.APIRoot + "/plan", Least: store.Viewer}:           largest,
	{Method: "POST", Path: access.APIRoot + "/import/explain", Least: store.Editor}: largest,
	{Method: "POST", Path: access.APIRoot + "/import/pair", Least: store.Editor}:    largest,
	{Method: "POST", Path: "/system/mail", Least: store.Admin}:                      settings,
	{Method: "POST", Path: "/system/mail/test", Least: store.Admin}:                 settings,
	{Method: "PUT", Path: access.APIRoot + "/mail", Least: store.Admin}:             settings,
	{Method: "POST", Path: access.APIRoot + "/mail/test", Least: store.Admin}:       settings,
}

// limitOf is how large the body of a request may be, by its address and the role of its
// user.
func limitOf(g *gin.Context) int64 {
	row, _ := access.Find(g.Request.Method, g.FullPath())
	s, ok := auth.Of(g.Request.Context())
	if most := limits[row]; most > 0 && ok && access.May(s.User.Role, store.Editor) {
		return most
	}
	return small
}

// fewAtOnce is how many large bodies are in hand at a time: each is held several
// times over while it is read, parsed and planned.
const fewAtOnce = 2

// limitKey is where bounded leaves the limit of a request.
const limitKey = "limit"

// bounded limits the body of a request. It stands behind identify,
// and before anything that reads a body. A large body waits for its turn, for
// patience at most.
func bounded(pages *page.Pages, patience time.Duration) gin.HandlerFunc {
	turns := make(chan struct{}, fewAtOnce)
	return func(g *gin.Context) {
		limit := limitOf(g)
		size := g.Request.ContentLength // -1: it does not say
		if size > limit {
			refuseLarge(g, pages)
			return
		}
		g.Set(limitKey, limit)
		if limit < large || 0 <= size && size < large {
			return
		}
		timer := time.NewTimer(patience)
		defer timer.Stop()
		select {
		case turns <- struct{}{}:
			defer func() { <-turns }()
			g.Next()
		case <-timer.C:
			fail(g, pages, fault.New("overloaded"))
			g.Abort()
		case <-g.Request.Context().Done():
			g.Abort()
		}
	}
}

// taken takes in what must be known before anything is done: a body that does not
// say its size is read to its end, and a form is taken apart. Else a handler would
// take a body that was cut at its limit for a whole one. It stands behind the check
// of rights, which asks for no body.
func taken(pages *page.Pages) gin.HandlerFunc {
	return func(g *gin.Context) {
		r, limit := g.Request, g.GetInt64(limitKey)
		if r.ContentLength < 0 {
			whole, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
			if err != nil {
				fail(g, pages, unread(err))
				g.Abort()
				return
			}
			if int64(len(whole)) > limit {
				whole = nil
				refuseLarge(g, pages)
				return
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(whole)), int64(len(whole))
		}
		r.Body = http.MaxBytesReader(g.Writer, r.Body, limit)
		if api.Owns(r) || r.Method == http.MethodGet {
			return
		}
		if err := r.ParseForm(); err != nil {
			fail(g, pages, unread(err))
			g.Abort()
		}
	}
}

// unread is the fault of a body that could not be read.
func unread(err error) error {
	var network net.Error
	if errors.As(err, &network) && network.Timeout() {
		return &fault.Error{Code: "too-slow", Err: err}
	}
	return &fault.Error{Code: "unreadable", Err: err}
}

// stillTaken is how much of a body beyond its limit is taken in after the answer.
const stillTaken = 256 << 20

// refuseLarge answers that a body is beyond its limit, and forgets what is still sent of
// it: a client that is cut off while it sends never reads the answer.
func refuseLarge(g *gin.Context, pages *page.Pages) {
	out := http.NewResponseController(g.Writer)
	duplex := out.EnableFullDuplex() == nil
	g.Header("Connection", "close")
	fail(g, pages, tooLarge(g))
	g.Abort()
	if duplex && out.Flush() == nil {
		io.Copy(io.Discard, io.LimitReader(g.Request.Body, stillTaken)) // a client that has gone wants no more
	}
}

// tooLarge is the fault of a body beyond its limit. A page that is sent a text after the
// session has ended answers with that.
func tooLarge(g *gin.Context) error {
	if _, in := auth.Of(g.Request.Context()); !in && !access.Open(g) && !api.Owns(g.Request) {
		return fault.New(fault.SessionEnded)
	}
	return fault.New("too-large")
}
