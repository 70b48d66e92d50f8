package web_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"

	"holdfast/engine/journal"
	"holdfast/web/live"
)

// event is one server-sent event.
type event struct{ id, name, data string }

// listen opens a stream and gives its events until it is closed.
func (b *browser) listen(path string, header ...string) (events <-chan event, stop func()) {
	b.h.t.Helper()
	r := b.request(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{Jar: b.http.Jar}
	got, err := client.Do(r)
	if err != nil {
		b.h.t.Fatal(err)
	}
	if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != "text/event-stream" {
		b.h.t.Fatalf("%s: %s %s", path, got.Status, got.Header.Get("Content-Type"))
	}
	out := make(chan event, 100)
	go func() {
		defer close(out)
		var e event
		lines := bufio.NewScanner(got.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case lines.Text() == "":
				if e.name != "" {
					out <- e
				}
				e = event{}
			case name == "id":
				e.id = value
			case name == "event":
				e.name = value
			case name == "data":
				e.data += value + "\n"
			}
		}
	}()
	return out, func() { got.Body.Close() }
}

// next waits for an event of this name that holds words.
func next(t *testing.T, events <-chan event, name, words string) event {
	t.Helper()
	limit := time.After(patience)
	for {
		select {
		case e, open := <-events:
			if !open {
				t.Fatalf("the stream ended before %s with %q", name, words)
			}
			if e.name == name && strings.Contains(e.data, words) {
				return e
			}
		case <-limit:
			t.Fatalf("no %s with %q", name, words)
		}
	}
}

func TestTheOverviewFollowsTheEngine(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.working()
	b := h.admin()
	events, stop := b.listen("/live?page=overview")
	defer stop()
	next(t, events, "pills", "Master")
	next(t, events, "live", `data-instance="VI_1" data-role="MASTER"`)
	h.vrrp.set(func(f *fakeRole) { f.status.Instances[0].State = "BACKUP" })
	next(t, events, "pills", "Backup")
	next(t, events, "live", `data-instance="VI_1" data-role="BACKUP"`)
	next(t, events, "beat", "T")
}

func TestWhatDidNotChangeIsNotSentAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.working()
	events, stop := h.admin().listen("/live?page=overview")
	defer stop()
	next(t, events, "live", "VI_1")
	next(t, events, "beat", "")
	for {
		e := <-events
		if e.name == "live" || e.name == "pills" {
			t.Fatalf("sent again: %s", e.data)
		}
		if e.name == "beat" {
			return
		}
	}
}

func TestTheCountdownReachesEveryPage(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	events, stop := b.listen("/live?page=events")
	defer stop()
	apply(t, b, propose(t, b, moreWeight), nil).must(t, 200)
	next(t, events, "confirm", `id="keep"`)
	b.post("/changes/confirm", b.get("/").form(t, "confirm")).must(t, 200)
	limit := time.After(patience)
	for {
		select {
		case e := <-events:
			if e.name == "confirm" && !strings.Contains(e.data, "keep") {
				return
			}
		case <-limit:
			t.Fatal("the bar stays")
		}
	}
}

func TestTheEventsPageCountsWhatIsNew(t *testing.T) {
	h := open(t)
	h.tell(history()...)
	b := h.admin()
	body := b.get("/events").body
	_, path, _ := strings.Cut(body, `sse-connect="`)
	path, _, _ = strings.Cut(path, `"`)
	events, stop := b.listen(strings.ReplaceAll(path, "&amp;", "&"))
	defer stop()
	e := history()[2]
	e.Seq, e.At = 2, time.Now()
	h.tell(e)
	next(t, events, "live", `data-news="1"`)
}

func TestTheJournalStreamGoesOnWhereItWas(t *testing.T) {
	h := open(t)
	h.tell(history()...)
	b := h.admin()
	events, stop := b.listen("/api/v1/events/stream")
	first := next(t, events, "entry", `"kind":"started"`)
	stop()
	events, stop = b.listen("/api/v1/events/stream", "Last-Event-ID", first.id)
	defer stop()
	if e := <-events; !strings.Contains(e.data, `"kind":"instance-state"`) {
		t.Errorf("goes on with %s", e.data)
	}
	next(t, events, "entry", `"kind":"server-state"`)
	h.tell(journal.Entry{Seq: 3, Node: "dir1", Role: "vrrp", At: time.Now(), Kind: journal.Notice, Facts: map[string]string{"code": "x"}})
	next(t, events, "entry", `"kind":"notice"`)
}

func TestASessionHoldsOnlySoManyStreams(t *testing.T) {
	h := open(t)
	b := h.admin()
	for range live.PerSession {
		_, stop := b.listen("/live?page=overview")
		defer stop()
	}
	b.get("/live?page=overview").must(t, 429, `data-fault="streams"`)
	b.call(http.MethodGet, "/events/stream", nil, nil).must(t, 429, `"code":"streams"`)
}

func TestStreamsOfTheJournalCountAmongThoseOfTheSession(t *testing.T) {
	h := open(t)
	b := h.admin()
	for range live.PerSession {
		_, stop := b.listen("/api/v1/events/stream")
		defer stop()
	}
	b.call(http.MethodGet, "/events/stream", nil, nil).must(t, 429, `"code":"streams"`)
	b.get("/live?page=overview").must(t, 429, `data-fault="streams"`)
}
