package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/plan"
	"holdfast/store"
	"holdfast/web"
)

// house is the real console over a real store and two fake roles.
type house struct {
	t         *testing.T
	base      string
	store     *store.Store
	vrrp, lvs *fakeRole
	stopVRRP  func()
	stopLVS   func()
	entries   chan journal.Entry
	out, log  *buffer
	inForce   store.MailSettings // of the running configuration
	dir       string             // of the databases
	unwell    bool               // errors in the log are what is tested
	tested    []store.MailSettings
	network   http.RoundTripper // nil is the usual one
	cookie    string            // the name of the session's
}

// buffer may be written and read at once.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func open(t *testing.T) *house {
	t.Helper()
	return openAs(t, nil)
}

// inBothForms runs a test with the console itself, and with a TLS proxy before it.
func inBothForms(t *testing.T, test func(t *testing.T, h *house)) {
	t.Run("itself", func(t *testing.T) { t.Parallel(); test(t, open(t)) })
	t.Run("behind a proxy", func(t *testing.T) { t.Parallel(); test(t, openBehind(t)) })
}

// blank are the two databases as a first start leaves them: to make them takes longer
// than most tests.
var blank = sync.OnceValues(func() (files map[string][]byte, err error) {
	dir, err := os.MkdirTemp("", "blank")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	s, err := store.Open(context.Background(), dir)
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	files = map[string][]byte{}
	for _, name := range []string{"config.db", "journal.db"} {
		if files[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	return files, nil
})

// openAs opens a house whose options somebody changes.
func openAs(t *testing.T, change func(*web.Options)) *house {
	t.Helper()
	return openIn(t, fresh(t), change)
}

// fresh is a directory with the databases of a store that holds nothing.
func fresh(t *testing.T) string {
	t.Helper()
	files, err := blank()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// openIn opens a house whose databases lie in dir.
func openIn(t *testing.T, dir string, change func(*web.Options)) *house {
	t.Helper()
	s, err := store.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	run := t.TempDir()
	h := &house{
		t: t, store: s, vrrp: &fakeRole{name: "vrrp"}, lvs: &fakeRole{name: "lvs"},
		dir: dir, entries: make(chan journal.Entry, 16), out: &buffer{}, log: &buffer{},
	}
	h.stopVRRP = h.vrrp.serve(t, run)
	h.stopLVS = h.lvs.serve(t, run)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.base = "http://" + l.Addr().String()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	h.cookie = "holdfast-" + port
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	opt := web.Options{
		Store: s, RunDir: run, Listener: l, Node: "dir1", Version: "test",
		Log: slog.New(slog.NewTextHandler(h.log, nil)), Out: h.out, Entries: h.entries,
		MailInForce: func(context.Context) (store.MailSettings, error) { return h.inForce, nil },
		TestMail: func(_ context.Context, m store.MailSettings, to string) (store.Dialogue, error) {
			h.tested = append(h.tested, m)
			return store.Dialogue{
				Code: "AB12", Took: 12 * time.Millisecond, QueueID: "queued as 1F2",
				Steps: []store.Step{
					{Name: "resolve", Took: time.Millisecond, Lines: []store.Line{{Text: "192.0.2.25"}}},
					{Name: "connect", Took: time.Millisecond, Lines: []store.Line{{Text: "220 sink ESMTP"}}},
					{Name: "rcpt", Took: time.Millisecond, Lines: []store.Line{{Sent: true, Text: "RCPT TO:<" + to + ">"}, {Text: "250 OK"}}},
				},
			}, nil
		},
	}
	if change != nil {
		change(&opt)
	}
	go func() { done <- web.Run(ctx, opt) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("web.Run: %v", err)
		}
		if s := h.log.String(); strings.Contains(s, "level=ERROR") && !h.unwell {
			t.Errorf("the console logged an error:\n%s", s)
		}
	})
	if opt.HadAccounts == nil {
		h.await("the setup link", func() bool { return strings.Contains(h.out.String(), "token=") })
	}
	return h
}

// patience is how long a fact is waited for on a machine with other work.
const patience = time.Minute

// await waits until something is so.
func (h *house) await(what string, so func() bool) {
	h.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if so() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	h.t.Fatalf("waited in vain for %s", what)
}

const password = "a long enough phrase"

var setupToken = regexp.MustCompile(`setup: https?://[^/]+/setup\?token=(\S+)`)

func (h *house) setupToken() string {
	h.t.Helper()
	m := setupToken.FindStringSubmatch(h.out.String())
	if m == nil {
		h.t.Fatalf("no setup link in %q", h.out.String())
	}
	return m[1]
}

// browser is somebody with cookies who follows redirects.
type browser struct {
	h    *house
	http *http.Client
	lang string
}

func (h *house) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &browser{h: h, http: &http.Client{Jar: jar, Timeout: patience, Transport: h.network}, lang: "en"}
}

// setUp is a browser that went through the setup.
func (h *house) setUp() *browser {
	h.t.Helper()
	b := h.browser()
	p := b.post("/setup", url.Values{"token": {h.setupToken()}, "name": {"admin"}, "password": {password}, "again": {password}})
	if p.status != http.StatusOK || p.path != "/?said=welcome" {
		h.t.Fatalf("setup led to %s with %d:\n%s", p.path, p.status, p.body)
	}
	return b
}

// passwordHash is of password, at today's cost: most tests need somebody who is
// logged in, and none of the work that a log-in costs.
const passwordHash = "$argon2id$v=19$m=47104,t=1,p=1$sthAKrJ5F0GkD98rBu55YQ$91D+09rmirWNqkQA2SIDyzLwUbRR1GUVbJopHzkxHR8"

// admin is a browser in which the administrator is logged in.
func (h *house) admin() *browser { return h.member("admin", store.Admin) }

// member is a browser in which a new user with this role is logged in.
func (h *house) member(name string, role store.Role) *browser {
	h.t.Helper()
	user, err := h.store.CreateUser(h.t.Context(), name, passwordHash, role, "")
	if err != nil {
		h.t.Fatal(err)
	}
	token, err := h.store.CreateSession(h.t.Context(), user.ID, "test", "127.0.0.1")
	if err != nil {
		h.t.Fatal(err)
	}
	b := h.browser()
	at, err := url.Parse(h.base)
	if err != nil {
		h.t.Fatal(err)
	}
	b.http.Jar.SetCookies(at, []*http.Cookie{{Name: h.cookie, Value: token, Path: "/", Secure: at.Scheme == "https"}})
	return b
}

// page is what a browser got.
type page struct {
	status int
	path   string // after redirects
	header http.Header
	body   string
}

func (b *browser) do(r *http.Request) page {
	b.h.t.Helper()
	r.Header.Set("Accept-Language", b.lang)
	got, err := b.http.Do(r)
	if err != nil {
		b.h.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		b.h.t.Fatal(err)
	}
	return page{got.StatusCode, got.Request.URL.RequestURI(), got.Header, string(text)}
}

func (b *browser) request(method, path string, body io.Reader) *http.Request {
	b.h.t.Helper()
	r, err := http.NewRequest(method, b.h.base+path, body)
	if err != nil {
		b.h.t.Fatal(err)
	}
	return r
}

func (b *browser) get(path string) page {
	b.h.t.Helper()
	return b.do(b.request(http.MethodGet, path, nil))
}

func (b *browser) post(path string, form url.Values) page {
	b.h.t.Helper()
	r := b.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", b.h.base)
	return b.do(r)
}

// call sends JSON to the API and reads the answer into out.
func (b *browser) call(method, path string, in, out any) page {
	b.h.t.Helper()
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			b.h.t.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	r := b.request(method, "/api/v1"+path, body)
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	p := b.do(r)
	if out != nil {
		if err := json.Unmarshal([]byte(p.body), out); err != nil {
			b.h.t.Fatalf("%s %s: %v in %q", method, path, err, p.body)
		}
	}
	return p
}

// must fails the test unless the page has this status and every word.
func (p page) must(t *testing.T, status int, words ...string) page {
	t.Helper()
	if p.status != status {
		t.Fatalf("%s: status %d, want %d\n%s", p.path, p.status, status, p.body)
	}
	for _, w := range words {
		if !strings.Contains(p.body, w) {
			t.Fatalf("%s lacks %q\n%s", p.path, w, p.body)
		}
	}
	return p
}

// seed is the tutorial's pair in short.
const seed = `vrrp_instance VI_1 {
    state MASTER
    interface lo
    virtual_router_id 51
    priority 100
    virtual_ipaddress {
        172.16.1.100/32
    }
}

virtual_server 172.16.1.100 80 {
    delay_loop 6
    lb_algo wrr
    lb_kind DR
    protocol TCP
    sorry_server 127.0.0.1 80
    real_server 172.16.1.33 80 {
        weight 1
        TCP_CHECK {
        }
    }
    real_server 172.16.1.34 80 {
        weight 2
        TCP_CHECK {
        }
    }
}
`

// working fills both roles with the tutorial's pair: this node is master, one
// web server is down, and the table is held back.
func (h *house) working() {
	now := time.Now().Truncate(time.Second)
	h.vrrp.set(func(f *fakeRole) {
		f.text = seed
		f.status.Instances = []control.InstanceStatus{{
			Name: "VI_1", Interface: "eth0", VRID: 51, State: "MASTER", Since: now.Add(-5 * time.Minute), Reason: "advert-timeout",
			Base: 100, Priority: 98, Addresses: []string{"172.16.1.100/32"}, Holder: "172.16.1.11", HolderPriority: 98,
			Tracks: []control.TrackStatus{{Kind: "script", Name: "chk_down", Known: true, Weight: -2, Adds: -2}},
			Stats:  control.VRRPStats{AdvertsSent: 310, BecameMaster: 1},
		}}
		f.status.Scripts = []control.ScriptStatus{{Name: "chk_down", State: "OK", Since: now, Detail: "exit 0"}}
		f.plan = plan.Plan{{Verb: plan.AddAddress, Address: plan.Address{Link: "eth0", Prefix: netip.MustParsePrefix("172.16.1.100/32")}}}
	})
	h.lvs.set(func(f *fakeRole) {
		f.text = seed
		check := func(name string, up bool, text string, failures int) []control.CheckStatus {
			return []control.CheckStatus{{Name: name, Up: up, Known: true, At: now, Took: 3 * time.Millisecond, Text: text, Failures: failures, Retry: 3}}
		}
		f.status.Virtuals = []control.VirtualStatus{{
			Name: "tcp:172.16.1.100:80", State: "HELD", Scheduler: "wrr", Method: "DR", Quorum: 1, QuorumUp: true, UpWeight: 1, Sorry: "127.0.0.1:80",
			Installed: true, Since: now.Add(-5 * time.Minute),
			Servers: []control.ServerStatus{
				{Name: "172.16.1.33:80", State: "UP", Since: now.Add(-5 * time.Minute), Weight: 1, InPool: true, Active: 12, Inactive: 3,
					Checks: check("HTTP_GET http://172.16.1.33:80/", true, "HTTP 200, 3 ms", 0)},
				{Name: "172.16.1.34:80", State: "DOWN", Since: now.Add(-40 * time.Second), Weight: 2, Reason: "HTTP 503, 12 ms",
					Checks: check("HTTP_GET http://172.16.1.34:80/", false, "HTTP 503, 12 ms", 4)},
			},
			Held:   []control.Blocked{{Object: "tcp:172.16.1.100:80", Code: "no-ipvs"}},
			Wanted: []string{"ipvsadm -A -t 172.16.1.100:80 -s wrr", "ipvsadm -a -t 172.16.1.100:80 -r 172.16.1.33:80 -g -w 1"},
		}}
	})
}

// tell stores journal entries as the collector does.
func (h *house) tell(entries ...journal.Entry) {
	h.t.Helper()
	if _, err := h.store.AppendJournal(context.Background(), entries, nil); err != nil {
		h.t.Fatal(err)
	}
	for _, e := range entries {
		h.entries <- e
	}
}

// history is a few entries of each half.
func history() []journal.Entry {
	at := time.Now().Add(-10 * time.Minute)
	return []journal.Entry{
		{Seq: 1, Node: "dir1", Role: "vrrp", At: at, Kind: journal.Started, Facts: map[string]string{"pid": "4242", "how": "fresh"}},
		{Seq: 2, Node: "dir1", Role: "vrrp", At: at.Add(4 * time.Second), Kind: journal.InstanceState, Object: "VI_1", Facts: map[string]string{"from": "BACKUP", "to": "MASTER", "reason": "advert-timeout", "priority": "100"}},
		{Seq: 1, Node: "dir1", Role: "lvs", At: at.Add(9 * time.Minute), Kind: journal.ServerState, Object: "tcp:172.16.1.100:80/172.16.1.34:80", Facts: map[string]string{
			"virtual": "tcp:172.16.1.100:80", "server": "172.16.1.34:80", "from": "UP", "to": "DOWN", "reason": "HTTP 503, 12 ms"}},
	}
}
