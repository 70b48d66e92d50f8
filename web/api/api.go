package api

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"holdfast/assets"
	"holdfast/engine/control"
	"holdfast/web/access"
	"holdfast/web/auth"
	"holdfast/web/deps"
	"holdfast/web/fault"
)

// routes is the API being declared.
type routes struct {
	deps.Deps
	huma.API
}

// Owns says whether a request is for the API, and so wants its errors as JSON.
func Owns(r *http.Request) bool {
	return r.URL.Path == "/api" || strings.HasPrefix(r.URL.Path, "/api/")
}

// named gives every error of the library our form. The library keeps the maker
// of its errors in a variable, so it can be set but once.
var named sync.Once

// Mount puts the API on the engine.
func Mount(e *gin.Engine, d deps.Deps) {
	named.Do(func() { huma.NewError, huma.NewErrorWithContext = newProblem, newProblemFor })
	group := e.Group(access.APIRoot, speak, newAnswers().once)
	config := huma.DefaultConfig("Holdfast", "1") // of the API: it is read without a session
	config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", nil
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Servers = []*huma.Server{{URL: access.APIRoot}}
	config.Info.Description = "Load balancing and failover on one director. A program shows a token (Authorization: Bearer); a person logs in with POST /session, and the session is a cookie. " +
		"A request that changes something may bear an Idempotency-Key: sent again within an hour, it is answered as the first time and not carried out again."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: "holdfast-PORT", Description: "Set by POST /session. PORT is the console's own."},
		"token":   {Type: "http", Scheme: "bearer", Description: "Made by POST /tokens, or by holdfast token make on the host."},
	}
	r := &routes{Deps: d, API: humagin.NewWithGroup(e, group, config)}
	r.sessions()
	r.accounts()
	r.factors()
	r.people()
	r.states()
	r.orders()
	r.standby()
	r.ready()
	r.changes()
	r.applications()
	r.drafts()
	r.events()
	r.mail()
	r.imports()
	r.objects()
	r.wholes()
	r.cards()
}

// speak notes the language of the answer's sentences. No cache on the way may keep
// an answer: a configuration holds passwords.
func speak(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	lang := assets.Lang(c.GetHeader("Accept-Language"))
	if s, ok := auth.Of(c.Request.Context()); ok && s.User.Lang != "" {
		lang = s.User.Lang
	}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), langKey{}, lang))
}

type langKey struct{}

func langOf(ctx context.Context) string {
	if lang, ok := ctx.Value(langKey{}).(string); ok {
		return lang
	}
	return assets.Langs[0]
}

// inGin writes a path of an operation as the table of access has it.
var inGin = strings.NewReplacer("{", ":", "}", "")

// MostBody is how large a request may be that carries a text. The text itself is
// bounded by control.MaxText, as it was written: a form and JSON make it longer, by
// three times at most where it is one that can be applied.
const MostBody = 3*control.MaxText + 1<<20

// bodyWithin is how long a text may take to arrive.
const bodyWithin = time.Minute

// add declares one operation; the role it asks for stands in access, and is checked
// before the body is read.
func add[I, O any](r *routes, op huma.Operation, f func(context.Context, *I) (*O, error)) {
	row, _ := access.Find(op.Method, access.APIRoot+inGin.Replace(op.Path))
	if row.Least != access.Anybody {
		op.Security = []map[string][]string{{"session": {}}, {"token": {}}}
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
	}
	if op.MaxBodyBytes > 0 {
		op.BodyReadTimeout = bodyWithin // else a large text has five seconds
		op.MaxBodyBytes++               // the library refuses what has just this many
	}
	huma.Register(r.API, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := f(ctx, in)
		var p *Problem
		if errors.As(err, &p) {
			return nil, p
		}
		if err != nil {
			p = problemOf(langOf(ctx), err)
			if fault.Of(err).Ours() && ctx.Err() == nil {
				r.Log.Error("request failed", "operation", op.OperationID, "error", err)
			}
			if after := fault.Of(err).RetryAfter(); after != "" {
				return nil, huma.ErrorWithHeaders(p, http.Header{"Retry-After": {after}})
			}
			return nil, p
		}
		return out, nil
	})
}

// author is the name of the user who asks.
func author(ctx context.Context) string {
	s, _ := auth.Of(ctx)
	return s.User.Name
}

// answer is a response with a body and nothing else.
type answer[T any] struct{ Body T }

func body[T any](v T) *answer[T] { return &answer[T]{v} }

// nothing is an operation's input or answer that has no content.
type nothing struct{}

// schemaName names a type in the description of the API. A name that is published
// stays, whatever the type is called here.
func schemaName(t reflect.Type, hint string) string {
	if t == reflect.TypeFor[control.Blocked]() {
		return "Held"
	}
	return huma.DefaultSchemaNamer(t, hint)
}
