package web

import (
	"io"
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
	largest = 32 << 20 // from an editor: a big configuration as a file
	small   = 16 << 10 // from all others: a form
	large   = 1 << 20  // from here on a body is one of few
)

// fewAtOnce is how many large bodies are in hand at a time: each is held several
// times over while it is read, parsed and planned.
const fewAtOnce = 2

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
		g.Request.Body = http.MaxBytesReader(g.Writer, g.Request.Body, limit)
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

// tooLarge is the fault of a body beyond its limit. A page that is sent a text
// after the session has ended answers with that; the text is read and forgotten,
// since a browser shows no answer before it has sent all.
func tooLarge(g *gin.Context) error {
	if api.Owns(g.Request) {
		return fault.New("too-large")
	}
	if _, err := io.Copy(io.Discard, io.LimitReader(g.Request.Body, 2*largest)); err != nil {
		return err
	}
	if _, in := auth.Of(g.Request.Context()); !in && !access.Open(g) {
		return fault.New(fault.SessionEnded)
	}
	return fault.New("too-large")
}
