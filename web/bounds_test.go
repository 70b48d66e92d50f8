package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"holdfast/store"
)

func TestWhoMayNotIsRefusedBeforeTheBodyIsRead(t *testing.T) {
	h := open(t)
	for _, path := range []string{"/check", "/plan", "/apply"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(h.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(3 * time.Second)); err != nil {
			t.Fatal(err)
		}
		// The head promises a body that never comes.
		fmt.Fprintf(conn, "POST /api/v1%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n", path)
		got, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		got.Body.Close()
		if got.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %s", path, got.Status)
		}
	}
}

func TestABodyIsSmallUnlessItsSenderMayEdit(t *testing.T) {
	h := open(t)
	big := strings.Repeat("# a line of a big configuration\n", 1000)
	form := url.Values{"name": {"admin"}, "password": {big}}
	h.browser().post("/login", form).must(t, 413)
	h.browser().call(http.MethodPost, "/session", map[string]string{"name": "admin", "password": big}, nil).must(t, 413, `"code":"too-large"`)
	h.member("vic", store.Viewer).post("/preferences", form).must(t, 413)
	h.member("ed", store.Editor).call(http.MethodPost, "/check", map[string]string{"text": big}, nil).must(t, 200)
}

func TestWhatIsTypedOutlivesTheSession(t *testing.T) {
	h := open(t)
	ed := h.member("ed", store.Editor)
	form := ed.get("/changes").form(t, "edit-form")
	long := strings.Repeat("# a line of a big configuration\n", 20_000)
	for _, text := range []string{"# short\n", long} {
		form.Set("text", text)
		// Without a session the answer is to log in beside and to send it again.
		h.browser().post("/changes/candidate", form).must(t, 401, `data-fault="session-ended"`, `id="login-beside"`, `target="_blank"`)
	}
	ed.post("/changes/candidate", form).must(t, 200)
	if got := ed.get("/changes/text"); got.body != long {
		t.Errorf("saved %d bytes of %d", len(got.body), len(long))
	}
	h.browser().post("/preferences", url.Values{"lang": {long}}).must(t, 413, `data-fault="too-large"`)
}

func TestAViewerPlansTheCandidateAndNoTextOfHisOwn(t *testing.T) {
	h := open(t)
	h.working()
	propose(t, h.admin(), moreWeight)
	b := h.member("vic", store.Viewer)
	b.call(http.MethodPost, "/plan", map[string]any{}, nil).must(t, 200, `"failed":false`)
	b.call(http.MethodPost, "/plan", map[string]string{"text": seed}, nil).must(t, 403, `"code":"forbidden"`)
	b.call(http.MethodPost, "/check", map[string]string{"text": seed}, nil).must(t, 403, `"code":"forbidden"`)
}

func TestAPageThatIsDrawnAgainIsNotPlannedAgain(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	propose(t, b, moreWeight)
	h.vrrp.set(func(f *fakeRole) { f.plans = 0 })
	for range 5 {
		b.get("/changes").must(t, 200, `data-plan="vrrp"`)
	}
	h.vrrp.set(func(f *fakeRole) {
		if f.plans > 1 {
			t.Errorf("planned %d times for five looks", f.plans)
		}
	})
}

func TestNoAnswerOfTheAPIIsKeptOnTheWay(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	b.post("/changes/adopt", nil).must(t, 200)
	for _, path := range []string{"/config", "/candidate", "/revisions/1", "/status"} {
		if got := b.call(http.MethodGet, path, nil, nil).must(t, 200).header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control is %q", path, got)
		}
	}
}

// slow hands its text over in two halves, with a pause between them.
type slow struct {
	halves []string
	pause  time.Duration
}

func (s *slow) Read(p []byte) (int, error) {
	if len(s.halves) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.halves[0])
	if s.halves[0] = s.halves[0][n:]; s.halves[0] == "" {
		s.halves = s.halves[1:]
		if len(s.halves) > 0 {
			time.Sleep(s.pause)
		}
	}
	return n, nil
}

func TestATextMayComeOverASlowLine(t *testing.T) {
	t.Parallel()
	h := open(t)
	ed := h.member("ed", store.Editor)
	r := ed.request(http.MethodPost, "/api/v1/check", &slow{halves: []string{`{"text": "# a`, ` line\n"}`}, pause: 6 * time.Second})
	r.Header.Set("Content-Type", "application/json")
	ed.do(r).must(t, 200)
}
