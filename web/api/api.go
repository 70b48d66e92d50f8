package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"holdfast/assets"
	"holdfast/store"
	"holdfast/web/auth"
	"holdfast/web/changes"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// root is where the API lives.
const root = "/api/v1"

// Rooms is what the API gives access to.
type Rooms struct {
	Store    *store.Store
	Door     *auth.Door
	Desk     *changes.Desk
	Watch    *live.Watch
	Node     string
	Version  string
	Log      *slog.Logger
	TestMail func(ctx context.Context, settings store.MailSettings, to string) (store.Dialogue, error) // nil: no test
	Hub      *live.Hub                                                                                 // woken when something was changed
}

// routes is the API being declared.
type routes struct {
	Rooms
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
func Mount(e *gin.Engine, rooms Rooms) {
	named.Do(func() { huma.NewError, huma.NewErrorWithContext = newProblem, newProblemFor })
	group := e.Group(root, speak)
	config := huma.DefaultConfig("Holdfast", rooms.Version)
	config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", nil
	config.Servers = []*huma.Server{{URL: root}}
	config.Info.Description = "Load balancing and failover on one director. Log in with POST /session; the session is a cookie."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: "holdfast-PORT", Description: "Set by POST /session. PORT is the console's own."},
	}
	r := &routes{Rooms: rooms, API: humagin.NewWithGroup(e, group, config)}
	r.sessions()
	r.accounts()
	r.states()
	r.changes()
	r.applications()
	r.events()
	r.mail()
}

// speak notes the language of the answer's sentences. No answer may be kept by
// anybody on the way: a configuration holds passwords.
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

// anybody marks an operation that asks for no session.
const anybody store.Role = ""

// bodyWithin is how long a text may take to arrive.
const bodyWithin = time.Minute

// add declares one operation, for a session of at least that role.
func add[I, O any](r *routes, need store.Role, op huma.Operation, f func(context.Context, *I) (*O, error)) {
	if need != anybody {
		op.Security = []map[string][]string{{"session": {}}}
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
	}
	if op.MaxBodyBytes > 0 {
		op.BodyReadTimeout = bodyWithin // else a large text has five seconds
	}
	// Whoever may not is refused before anything of the body is read.
	op.Middlewares = append(op.Middlewares, func(c huma.Context, next func(huma.Context)) {
		if err := permit(c.Context(), need); err != nil {
			Refuse(humagin.Unwrap(c), err)
			return
		}
		next(c)
	})
	huma.Register(r.API, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := f(ctx, in)
		if err != nil {
			p := problemOf(langOf(ctx), err)
			if fault.Of(err).Ours() && ctx.Err() == nil {
				r.Log.Error("request failed", "operation", op.OperationID, "error", err)
			}
			return nil, p
		}
		return out, nil
	})
}

func permit(ctx context.Context, need store.Role) error {
	if need == anybody {
		return nil
	}
	s, ok := auth.Of(ctx)
	if !ok {
		return fault.New(fault.Unauthorized)
	}
	if !auth.May(s.User.Role, need) {
		return fault.New(fault.Forbidden)
	}
	return nil
}

// author is who asks.
func author(ctx context.Context) string {
	s, _ := auth.Of(ctx)
	return s.User.Name
}

// answer is a response with a body and nothing else.
type answer[T any] struct{ Body T }

func body[T any](v T) *answer[T] { return &answer[T]{v} }

// nothing is an operation's input or answer that has no content.
type nothing struct{}
