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
	largest = api.MostBody // from an editor: a big configuration, however it is written
	small   = 16 << 10     // from all others: a form
	large   = 1 << 20      // from here on a body is one of few
)

// fewAtOnce is how many large bodies are in hand at a time: each is held several
// times over while it is read, parsed and planned.
const fewAtOnce = 2

// limitKey is where bounded leaves the limit of a request.
const limitKey = "limit"

// bounded limits the body of a request by the role of its user. It stands behind identify,
// and before anything that reads a body. A large body waits for its turn, for
// patience at most.
func bounded(pages *page.Pages, patience time.Duration) gin.HandlerFunc {
	turns := make(chan struct{}, fewAtOnce)
	return func(g *gin.Context) {
		limit := int64(small)
		if s, ok := auth.Of(g.Request.Context()); ok && access.May(s.User.Role, store.Editor) {
			limit = largest
		}
		size := g.Request.ContentLength // -1: it does not say
		if size > limit {
			fail(g, pages, tooLarge(g))
			g.Abort()
			return
		}
		g.Set(limitKey, limit)
		if limit == small || 0 <= size && size < large {
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
			switch {
			case err != nil:
				err = unread(err)
			case int64(len(whole)) > limit:
				err = tooLarge(g)
			}
			if err != nil {
				fail(g, pages, err)
				g.Abort()
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

// tooLarge is the fault of a body beyond its limit. A page that is sent a text
// after the session has ended answers with that; the text is read and forgotten,
// since a browser shows no answer before it has sent all.
func tooLarge(g *gin.Context) error {
	if api.Owns(g.Request) {
		return fault.New("too-large")
	}
	if _, err := io.Copy(io.Discard, io.LimitReader(g.Request.Body, 64<<20)); err != nil {
		return err
	}
	if _, in := auth.Of(g.Request.Context()); !in && !access.Open(g) {
		return fault.New(fault.SessionEnded)
	}
	return fault.New("too-large")
}
