package web_test

import (
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/store"
	"holdfast/web/access"
)

// bare are the addresses that show no state: forms of those who are outside, files, the
// stream itself.
var bare = []string{"/healthz", "/assets/", "/login", "/setup", "/live", "/api/"}

// allPages gives an address for each page of the console.
func (b *browser) allPages(t *testing.T) []string {
	t.Helper()
	sent := map[string]string{
		"texts": b.send("/import", nil, file{"file", "keepalived.conf", seed}).path,
		"pairs": b.send("/import/pair", nil, file{"one", "lb1.conf", seed}, file{"other", "lb2.conf", seed}).path,
	}
	named := strings.NewReplacer(
		"/vips/:name", "/vips/VI_1", "/services/:name", "/services/tcp:172.16.1.100:80",
		":number", "1", "/import/texts/:id", sent["texts"], "/import/pairs/:id", sent["pairs"],
	)
	var paths []string
	for _, row := range access.Table() {
		isBare := slices.ContainsFunc(bare, func(prefix string) bool { return strings.HasPrefix(row.Path, prefix) })
		if row.Method != http.MethodGet || strings.HasSuffix(row.Path, "/text") || isBare {
			continue
		}
		paths = append(paths, named.Replace(row.Path))
	}
	return append(paths, "/services?state=HELD", "/vips/VI_9")
}

var (
	connects = regexp.MustCompile(`sse-connect="([^"]*)"`)
	liveHere = regexp.MustCompile(`id="live"`)
	asOf     = regexp.MustCompile(`data-as-of>[^<]* <time datetime="[^"]*">\d\d:\d\d:\d\d</time>`)
)

// A server is stopped, and a role, and a mail goes out: each page follows, or says of
// when it is.
func TestEveryPageIsLiveOrSaysHowOldItIs(t *testing.T) {
	h := open(t)
	h.working()
	h.tell(history()...)
	b := h.admin()
	apply(t, b, propose(t, b, moreWeight), nil).must(t, 200)
	type stream struct {
		path   string
		events <-chan event
		first  string
	}
	var streams []stream
	for _, path := range b.allPages(t) {
		p := b.get(path)
		if aged := asOf.MatchString(p.body); aged {
			// What an import found is not looked for again.
			if !strings.HasPrefix(path, "/import/texts/") && !strings.Contains(p.body, `<a href="`+html.EscapeString(p.path)+`">refresh</a>`) {
				t.Errorf("%s does not say how to draw it again", path)
			}
			continue
		}
		m := connects.FindStringSubmatch(p.body)
		if m == nil || !liveHere.MatchString(p.body) {
			t.Errorf("%s is neither live nor says how old it is:\n%s", path, p.body)
			continue
		}
		events, stop := b.listen(html.UnescapeString(m[1]))
		defer stop()
		next(t, events, "pills", "") // it has begun
		s := stream{path, events, ""}
		if path != "/events" { // which has nothing to push before there is news
			s.first = next(t, events, "live", "").data
		}
		streams = append(streams, s)
	}
	if len(streams) < 8 {
		t.Errorf("only %d pages are live", len(streams))
	}
	h.lvs.set(func(f *fakeRole) {
		v := &f.status.Virtuals[0]
		v.State, v.Servers[0].State, v.Servers[0].Reason = "SORRY", "DOWN", "refused"
		f.status.Held = []control.Blocked{{Code: "no-ipvs"}}
	})
	h.vrrp.set(func(f *fakeRole) { f.status.Instances[0].State = "FAULT" })
	e := history()[2]
	e.Seq, e.At = 9, time.Now()
	h.tell(e)
	for _, s := range streams {
		t.Run(s.path, func(t *testing.T) {
			for next(t, s.events, "live", "").data == s.first {
			}
		})
	}
}

func TestTheOutboxFollowsItsMails(t *testing.T) {
	h := open(t)
	b := h.admin()
	p := b.get("/system/mail").must(t, 200, "No mail was sent yet")
	events, stop := b.listen(html.UnescapeString(connects.FindStringSubmatch(p.body)[1]))
	defer stop()
	next(t, events, "live", "No mail was sent yet")
	if err := h.store.Enqueue(t.Context(), []store.Mail{{To: "ops@example.org", Subject: "[dir1] VI_1 MASTER", Body: "…"}}); err != nil {
		t.Fatal(err)
	}
	next(t, events, "live", `data-mail="queued"`)
}

func TestNobodyListensToAPageThatIsNotTheirs(t *testing.T) {
	h := open(t)
	h.member("guest", store.Viewer).get("/live?page=mail").must(t, 403, `data-fault="forbidden"`)
}

func TestRowsOfAListByStateStayWhenTheirStatesChange(t *testing.T) {
	h := open(t)
	h.crowd(60)
	b := h.admin()
	h.await("the lvs role", func() bool { return strings.Contains(b.get("/services").body, "40 of 60 up") })
	for path, want := range map[string]string{
		"/services?state=DEGRADED":                  `data-virtual="tcp:10.0.0.1:80" data-role="UP"`,
		"/services/tcp:10.0.0.1:80?state=DOWN&q=.4": `data-server="10.1.0.4:80" data-role="UP"`,
	} {
		h.crowd(60)
		h.await("the crowd", func() bool { return strings.Contains(b.get("/services").body, `data-role="DEGRADED"`) })
		p := b.get(path)
		events, stop := b.listen(html.UnescapeString(connects.FindStringSubmatch(p.body)[1]))
		next(t, events, "live", "")
		h.lvs.set(func(f *fakeRole) {
			v := &f.status.Virtuals[0]
			v.State = "UP"
			for i := range v.Servers {
				v.Servers[i].State, v.Servers[i].InPool = "UP", true
			}
		})
		next(t, events, "live", want)
		stop()
	}
}

func TestAMissingThingIsNamedAndItsListIsOffered(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	for path, want := range map[string][]string{
		"/vips/VI_9":               {"no virtual router VI_9", `href="/vips" data-list`},
		"/services/tcp:10.9.9.9:1": {"no virtual server tcp:10.9.9.9:1", `href="/services" data-list`},
		"/changes/drafts/77":       {"There is no draft 77", `href="/changes" data-list`},
		"/changes/revisions/77":    {"no revision 77", `href="/changes#history" data-list`},
		"/changes/revisions/x":     {"no revision x", `href="/changes#history" data-list`},
		"/import/texts/nothing":    {"no longer kept here", `href="/import" data-list`},
		"/vips/%3Cscript%3Ealert":  {"no virtual router &lt;script&gt;alert"},
	} {
		b.get(path).must(t, 404, append(want, "Not found")...)
	}
	b.lang = "zh-CN"
	b.get("/vips/VI_9").must(t, 404, "没有名为 VI_9 的虚拟路由器")
}

func TestOfARoleThatDoesNotAnswerNothingIsSaidToBeMissing(t *testing.T) {
	h := open(t)
	b := h.admin()
	h.stopVRRP()
	h.unwell = true
	b.get("/vips/VI_1").must(t, 503, `data-fault="role-away"`)
}
