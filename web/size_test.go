package web_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/plan"
)

// crowd fills the lvs role with one service of n real servers, every third down.
func (h *house) crowd(n int) {
	now := time.Now().Truncate(time.Second)
	v := control.VirtualStatus{Name: "tcp:10.0.0.1:80", State: "DEGRADED", Scheduler: "rr", Method: "NAT", Quorum: 1, QuorumUp: true, Installed: true, Since: now}
	for i := range n {
		s := control.ServerStatus{Name: fmt.Sprintf("10.1.%d.%d:80", i/200, i%200+1), State: "UP", Since: now, Weight: 1, InPool: true}
		if i%3 == 0 {
			s.State, s.InPool, s.Reason = "DOWN", false, "refused"
		}
		v.Servers = append(v.Servers, s)
		v.Wanted = append(v.Wanted, "ipvsadm -a -t 10.0.0.1:80 -r "+s.Name+" -m -w 1")
	}
	h.lvs.set(func(f *fakeRole) { f.status.Virtuals = []control.VirtualStatus{v} })
}

// most is how large a page may be that has no text to edit.
const most = 400_000

func TestPagesStaySmallWhereThePoolIsLarge(t *testing.T) {
	h := open(t)
	h.crowd(1000)
	b := h.admin()
	h.await("the lvs role", func() bool { return strings.Contains(b.get("/services").body, "666 of 1000 up") })
	for path, words := range map[string]string{
		"/":                            "294 more that are not fine",
		"/services":                    "666 of 1000 up",
		"/services/tcp:10.0.0.1:80":    "500 more are not shown here",
		"/api/v1/instances":            "",
		"/services?q=10.1.4.200&state": "1 service",
	} {
		if got := b.get(path).must(t, 200, words); len(got.body) > most {
			t.Errorf("%s has %d bytes", path, len(got.body))
		}
	}
	events, stop := b.listen("/live?page=service&object=tcp:10.0.0.1:80")
	defer stop()
	if e := next(t, events, "live", "10.1.0.1:80"); len(e.data) > most {
		t.Errorf("%d bytes are pushed", len(e.data))
	}
}

var nextPage = regexp.MustCompile(`<div class="pager"><a class="button" href="([^"]+)"`)

func TestEveryServerOfALargePoolIsOnOnePage(t *testing.T) {
	h := open(t)
	h.crowd(120)
	b := h.admin()
	walk := func(path string) map[string]bool {
		seen := map[string]bool{}
		for path != "" {
			got := b.get(path).must(t, 200, "80 of 120 up")
			for _, m := range regexp.MustCompile(`data-server="([^"]+)"`).FindAllStringSubmatch(got.body, -1) {
				seen[m[1]] = true
			}
			path = ""
			if m := nextPage.FindStringSubmatch(got.body); m != nil {
				path = strings.ReplaceAll(m[1], "&amp;", "&")
			}
		}
		return seen
	}
	if n := len(walk("/services/tcp:10.0.0.1:80")); n != 120 {
		t.Errorf("%d servers on all pages", n)
	}
	if n := len(walk("/services/tcp:10.0.0.1:80?state=DOWN")); n != 40 {
		t.Errorf("%d servers are down", n)
	}
	b.get("/services/tcp:10.0.0.1:80?q=nothing").must(t, 200, "No real server matches")
	h.crowd(20)
	h.await("the short pool", func() bool { return strings.Contains(b.get("/services/tcp:10.0.0.1:80").body, "13 of 20 up") })
	if n := len(regexp.MustCompile(`data-server="`).FindAllString(b.get("/services/tcp:10.0.0.1:80?state=DOWN&after=x").body, -1)); n != 20 {
		t.Errorf("%d servers of a pool that fits a page", n)
	}
}

func TestALongTextMakesNoLongPage(t *testing.T) {
	h := open(t)
	h.working()
	var long strings.Builder
	for i := range 800 {
		fmt.Fprintf(&long, "virtual_server 10.1.%d.%d 80 {\n    nat_mask 255.0.0.0\n}\n", i/250, i%250+1)
	}
	text := long.String() + "vrrp_instance VI_1 {\n    virtual_router_id 51\n}\n"
	b := h.admin()
	got := propose(t, b, text).must(t, 200, "more are not shown here", `class="error" data-finding=`) // the error stands before the warnings
	if size := len(got.body) - len(text); size > most {
		t.Errorf("%d bytes beside the text", size)
	}
	h.vrrp.set(func(f *fakeRole) {
		f.plan = make(plan.Plan, 800)
		for i := range f.plan {
			f.plan[i] = plan.Op{Verb: plan.AddAddress}
		}
	})
	got = propose(t, b, long.String()).must(t, 200, "800 kernel operations", "300 more are not shown here")
	if size := len(got.body) - long.Len(); size > most {
		t.Errorf("%d bytes beside the text", size)
	}
	b.post("/changes/apply", url.Values{}).must(t, 409)
}

func TestSizeOfAPageIsNotMuchBeyondItsText(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	b.http.Timeout = 5 * patience
	texts := map[string]string{
		"long lines of one unknown word": strings.Repeat(strings.Repeat("word", 15_000)+"\n", 5),
		"long lines of many words":       strings.Repeat("nonsense "+strings.Repeat("a b ", 2_000)+"\n", 5),
		"braces":                         strings.Repeat(strings.Repeat("{}", 15_000)+"\n", 5),
		"open braces":                    strings.Repeat("{", 5_000),
		"ampersands":                     strings.Repeat(strings.Repeat("&a", 10_000)+"\n", 5),
		"tags":                           strings.Repeat(strings.Repeat("<", 20_000)+"\n", 5),
		"signs":                          strings.Repeat(strings.Repeat("+'\"", 100)+"\n", 600),
		"short words":                    strings.Repeat("x\n", 20_000),
		"a name":                         "vrrp_instance " + strings.Repeat("n", 300_000) + " {\n    interface lo\n    virtual_router_id 1\n}\n",
		"not ASCII":                      strings.Repeat(strings.Repeat("词", 10_000)+"\n", 5),
	}
	for what, text := range texts {
		got := propose(t, b, text)
		if most := 4*len(text) + 2_000_000; got.status != 200 || len(got.body) > most {
			t.Errorf("%s: %d, a page of %d bytes from %d", what, got.status, len(got.body), len(text))
		}
	}
}

func TestSizeOfATextIsThatOfWhatWasWritten(t *testing.T) {
	h := open(t)
	b := h.admin()
	b.http.Timeout = 5 * patience        // it is the size that is asked for, not the time
	tabs := strings.Repeat("\t", 17<<20) // twice as long in JSON
	b.call("PUT", "/candidate", map[string]any{"text": tabs, "version": 0}, nil).must(t, 200)
	long := strings.Repeat("!", control.MaxText+1)
	b.call("PUT", "/candidate", map[string]any{"text": long, "version": 1}, nil).must(t, 413, `"code":"too-large"`)
}
