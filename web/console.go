package web

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/web/access"
	"holdfast/web/api"
	"holdfast/web/auth"
	"holdfast/web/changes"
	"holdfast/web/deps"
	"holdfast/web/fault"
	"holdfast/web/imports"
	"holdfast/web/live"
	"holdfast/web/orders"
	"holdfast/web/page"
)

// console is everything the console serves, wired.
type console struct {
	deps.Deps
	handler http.Handler
	pages   *page.Pages
	memory  *memory
}

func build(opt Options) *console {
	roles := live.Dial(opt.RunDir)
	workflow, watch := changes.NewWorkflow(opt.Store, roles, opt.Node, opt.facts), live.NewWatch(roles)
	d := deps.Deps{
		Store: opt.Store, Auth: auth.New(opt.Store), Workflow: workflow, Imports: imports.New(workflow, watch, opt.Node, opt.facts), Orders: orders.New(opt.Store, roles.LVS, roles.VRRP),
		Watch: watch, Node: opt.Node, Version: opt.Version, Log: opt.Log, TestMail: opt.TestMail, MailInForce: opt.MailInForce, Lost: opt.lost,
	}
	files := embedded()
	pages := page.New(d, files.path)
	d.Hub = pages.Hub
	c := &console{Deps: d, pages: pages, memory: &memory{}}

	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.UseRawPath, e.UnescapePathValues = true, true // a name in a path may hold a slash
	e.Use(unserved(opt.Log), c.memory.watch, recovery(opt.Log, pages), identify(c.Auth, pages), bounded(pages, 10*time.Second),
		access.Guard(c.refuse), taken(pages))
	e.GET("/healthz", func(g *gin.Context) {
		g.Header("Cache-Control", "no-store")
		g.String(http.StatusOK, "ok\n")
	})
	e.GET("/assets/:tree/*path", files.serve)
	pages.Mount(e)
	api.Mount(e, d)
	e.NoRoute(func(g *gin.Context) { fail(g, pages, fault.New("unknown-page")) })
	e.NoMethod(func(g *gin.Context) { fail(g, pages, fault.New("method")) })

	if err := access.Compare(e.Routes()); err != nil {
		panic(err) // a broken build
	}
	c.handler = headers(gate{opt.Behind, opt.Name, heads(sameOrigin(pages, e)), misdirected(pages, e, opt.Behind)})
	return c
}

// identify finds the session of each request.
func identify(login *auth.Authenticator, pages *page.Pages) gin.HandlerFunc {
	return func(g *gin.Context) {
		r, err := login.Identify(g.Request)
		if err != nil {
			fail(g, pages, err)
			g.Abort()
			return
		}
		g.Request = r
	}
}

// recovery turns a panic in one request into that request's error.
func recovery(log *slog.Logger, pages *page.Pages) gin.HandlerFunc {
	return func(g *gin.Context) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			log.Error("request panicked", "path", g.Request.URL.Path, "panic", v, "stack", string(debug.Stack()))
			if !g.Writer.Written() {
				fail(g, pages, fault.New(fault.Internal))
			}
			g.Abort()
		}()
		g.Next()
	}
}

// refuse answers a request that may not go on.
func (c *console) refuse(g *gin.Context, err error) {
	if api.Owns(g.Request) {
		api.Refuse(g, err)
		return
	}
	c.pages.Refuse(g, err)
}

// fail shows an error in the form of the address: a problem or a page.
func fail(g *gin.Context, pages *page.Pages, err error) {
	if api.Owns(g.Request) {
		api.Refuse(g, err)
		return
	}
	pages.Fail(g, err)
}
