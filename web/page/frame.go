package page

import (
	"bytes"
	"crypto/rand"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/assets"
	"holdfast/store"
	"holdfast/web/auth"
	"holdfast/web/changes"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// frame is what every page is drawn from; Body is the page's own part.
type frame struct {
	Lang, Theme string // Theme "" is as the browser asks
	Node        string
	Version     string
	Template    string // name of the template
	Page        string // name of the entry in the navigation
	Here        string // path and query, to come back to
	Tab         string
	User        *store.User
	Notice      string // code of the notice at the top, "ui.said.CODE"
	Fault       *fault.Error
	Pills       []pill
	Pending     *pending
	Expired     *store.Application // was rolled back because nobody confirmed it, and the reader has not dismissed that
	Candidate   bool               // a text waits to be applied
	KeysOff     bool               // no keyboard shortcuts
	Gone        bool               // the database was deleted or replaced
	Unwritten   string             // why the database cannot be written, as the code of a fault; "" is: it can
	Stream      string             // address of the live stream; "" is none
	AsOf        time.Time          // when the page was drawn, where not all of it is live; else zero
	Again       string             // address that draws it again; "" is none
	Body        any
}

// pill is one node in the bar.
type pill struct {
	Node, State, Link string
	Masters, Backups  int // of how many routers it is, where it is both
}

// pending is the applied text that goes back by itself.
type pending struct {
	Hash  string
	Until time.Time
	Left  int // seconds
	Of    int
}

// show draws a page.
func (p *Pages) show(c *gin.Context, status int, name, nav string, v live.View, body any) {
	f := p.frame(c, nav)
	f.Body = body
	if v.Page != "" {
		f.Stream = streamPath(v)
	}
	if !p.bodies()[v.Page].whole {
		f.age(c.Request)
	}
	p.write(c, status, name, f)
}

// showFault draws a page again with the fault of what was sent.
func (p *Pages) showFault(c *gin.Context, err error, name, nav string, body any) {
	e := fault.Of(err)
	if e.Ours() {
		p.fail(c, err)
		return
	}
	later(c, e)
	f := p.frame(c, nav)
	f.Fault, f.Body = e, body
	f.age(c.Request)
	p.write(c, e.Status(), name, f)
}

// Fail draws the page of an error.
func (p *Pages) Fail(c *gin.Context, err error) { p.fail(c, err) }

func (p *Pages) fail(c *gin.Context, err error) {
	e := fault.Of(err)
	id := ""
	if e.Ours() && c.Request.Context().Err() == nil { // else the browser has gone
		id = "E-" + rand.Text()[:8]
		p.Log.Error("request failed", "path", c.Request.URL.Path, "id", id, "error", err)
	}
	later(c, e)
	f := p.frame(c, lists[e.Code].nav)
	f.Fault, f.Body = e, id
	f.age(c.Request)
	p.write(c, e.Status(), "error", f)
}

// later says when to try again, where the fault knows it.
func later(c *gin.Context, e *fault.Error) {
	if after := e.RetryAfter(); after != "" {
		c.Header("Retry-After", after)
	}
}

func (p *Pages) write(c *gin.Context, status int, name string, f frame) {
	var b bytes.Buffer
	f.Template = name
	if err := p.templates.page(&b, f.Lang, name, f); err != nil {
		p.Log.Error("draw page", "page", name, "error", err)
		c.Data(http.StatusInternalServerError, "text/plain; charset=utf-8", []byte(assets.Text(f.Lang, "ui.fault.internal", nil)+"\n"))
		return
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Language", f.Lang)
	c.Data(status, "text/html; charset=utf-8", b.Bytes())
}

// frame fills in what surrounds the page.
func (p *Pages) frame(c *gin.Context, nav string) frame {
	r := c.Request
	f := frame{
		Lang: language(r), Theme: theme(r), Page: nav, Here: here(r), KeysOff: keysOff(r),
		Gone: p.Store.There() != nil, Unwritten: p.unwritten(),
	}
	if code := c.Query("said"); assets.Known("ui.said." + code) {
		f.Notice = code
	}
	s, ok := auth.Of(r.Context())
	if !ok {
		return f
	}
	f.User = &s.User
	f.Node, f.Version = p.Node, p.Version // not for those outside
	now := p.Watch.Look(r.Context())
	f.Pills, f.Pending = p.pills(now), pendingOf(now)
	f.Expired = p.expired(r)
	has, err := p.Store.HasCandidate(r.Context())
	f.Candidate = has
	if err != nil && r.Context().Err() == nil {
		p.Log.Error("look for candidate", "error", err)
	}
	return f
}

// unwritten is the code of the fault that keeps the database from being written, or "".
func (p *Pages) unwritten() string {
	if err := p.Store.Unwritten(); err != nil {
		return fault.Of(err).Code
	}
	return ""
}

// expired is the newest application if it was rolled back because nobody confirmed it,
// until the reader dismisses the notice in this browser.
func (p *Pages) expired(r *http.Request) *store.Application {
	last, ok, err := p.Workflow.RolledBack(r.Context())
	if err != nil && r.Context().Err() == nil {
		p.Log.Error("look for a change that was rolled back", "error", err)
	}
	if !ok || cookieOf(r, readCookie) == strconv.FormatInt(last.ID, 10) {
		return nil
	}
	return &last
}

// here is where a reader comes back to after changing how the page reads: this
// page, without the notice it began with.
func here(r *http.Request) string {
	if r.Method != http.MethodGet {
		return "/"
	}
	q := r.URL.Query()
	q.Del("said")
	u := url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: q.Encode()}
	return u.RequestURI()
}

// pills gives this node with the worst of its instances' roles. Master of some and
// backup of others is no worse than either: both are counted.
func (p *Pages) pills(s live.Snapshot) []pill {
	one := pill{Node: p.Node, State: "OFF", Link: "/vips"}
	if !s.VRRP.Seen() {
		one.State = "AWAY"
		return []pill{one}
	}
	count := map[string]int{}
	for _, in := range s.VRRP.Status.Instances {
		count[in.State]++
	}
	for _, state := range []string{"MASTER", "BACKUP", "INIT", "FAULT"} { // the worst comes last
		if count[state] > 0 {
			one.State = state
		}
	}
	if one.State == "BACKUP" && count["MASTER"] > 0 {
		one.State, one.Masters, one.Backups = "MASTER", count["MASTER"], count["BACKUP"]
	}
	return []pill{one}
}

func pendingOf(s live.Snapshot) *pending {
	p := s.Pending()
	if p == nil {
		return nil
	}
	left := time.Until(p.Until).Seconds()
	return &pending{Hash: p.Hash, Until: p.Until, Left: int(math.Ceil(max(0, left))), Of: int(changes.Window.Seconds())}
}
