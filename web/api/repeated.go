package api

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/web/access"
	"holdfast/web/auth"
	"holdfast/web/fault"
)

// A client that got no answer sends its request again with the same Idempotency-Key, and
// gets the answer of the first one. Answers are kept in memory, with these bounds: what is
// asked for again after a restart of the console is carried out again, and finds that
// nothing is to be changed.
const (
	keyHeader    = "Idempotency-Key"
	replayed     = "Idempotent-Replayed"
	longestKey   = 255
	mostKept     = 256
	largestKept  = 64 << 10 // bytes of an answer; a larger one is not kept
	keptFor      = time.Hour
	largestAsked = MostBody
)

// answered is an answer that was given, or that is being made.
type answered struct {
	asked  [sha256.Size]byte // of the request
	at     time.Time
	busy   bool
	status int
	header http.Header
	body   []byte
}

// answers are those kept, by who asked and the key.
type answers struct {
	mu   sync.Mutex // guards kept
	kept map[string]*answered
	now  func() time.Time
}

func newAnswers() *answers { return &answers{kept: map[string]*answered{}, now: time.Now} }

// begin gives the answer that was given to this request, or nil: it is to be carried out,
// and end is to be told. Faults: key-busy, key-reused, overloaded.
func (a *answers) begin(key string, asked [sha256.Size]byte) (*answered, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sweep()
	if old := a.kept[key]; old != nil {
		switch {
		case old.asked != asked:
			return nil, fault.New("key-reused")
		case old.busy:
			return nil, fault.New("key-busy")
		}
		return old, nil
	}
	if len(a.kept) >= mostKept {
		return nil, fault.New("overloaded") // all are busy: sweep left no other
	}
	a.kept[key] = &answered{asked: asked, at: a.now(), busy: true}
	return nil, nil
}

// sweep forgets what is old and, where there is no room, the oldest. a.mu is held.
func (a *answers) sweep() {
	oldest := ""
	for key, old := range a.kept {
		switch {
		case old.busy:
		case a.now().Sub(old.at) > keptFor:
			delete(a.kept, key)
		case oldest == "" || old.at.Before(a.kept[oldest].at):
			oldest = key
		}
	}
	if len(a.kept) >= mostKept {
		delete(a.kept, oldest)
	}
}

// end keeps the answer to a request, if it was carried out: one that was refused may be
// sent again.
func (a *answers) end(key string, w *recorded) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if w == nil || w.Status() < 200 || w.Status() > 299 || w.large {
		delete(a.kept, key)
		return
	}
	now := a.kept[key]
	now.busy, now.status, now.body, now.header = false, w.Status(), w.body.Bytes(), http.Header{}
	for _, name := range []string{"Content-Type", "ETag", "Cache-Control"} {
		if v := w.Header().Get(name); v != "" {
			now.header.Set(name, v)
		}
	}
}

// recorded is a writer that keeps what is written, up to largestKept.
type recorded struct {
	gin.ResponseWriter
	body  bytes.Buffer
	large bool
}

// Write writes and keeps.
func (r *recorded) Write(p []byte) (int, error) {
	if r.large = r.large || r.body.Len()+len(p) > largestKept; !r.large {
		r.body.Write(p)
	}
	return r.ResponseWriter.Write(p)
}

// WriteString writes and keeps.
func (r *recorded) WriteString(s string) (int, error) { return r.Write([]byte(s)) }

// secretive are the addresses whose answers are never kept, since they hold what is shown
// once.
var secretive = []string{"/session", "/setup", "/tokens", "/second-factor", "/password"}

// once answers a request that changes something, and that has a key, only once.
func (a *answers) once(g *gin.Context) {
	key := g.GetHeader(keyHeader)
	session, in := auth.Of(g.Request.Context())
	if key == "" || !in || g.Request.Method == http.MethodGet {
		return
	}
	for _, path := range secretive {
		if strings.TrimPrefix(g.FullPath(), access.APIRoot) == path {
			return
		}
	}
	if len(key) > longestKey {
		Refuse(g, fault.New("invalid-request", "Reason", keyHeader))
		return
	}
	text, err := io.ReadAll(http.MaxBytesReader(g.Writer, g.Request.Body, largestAsked))
	if err != nil {
		Refuse(g, err)
		return
	}
	g.Request.Body = io.NopCloser(bytes.NewReader(text))
	asked := sha256.Sum256(append([]byte(g.Request.Method+" "+g.Request.URL.RequestURI()+"\n"), text...))
	key = session.User.Name + "\n" + key
	old, err := a.begin(key, asked)
	if err != nil {
		Refuse(g, err)
		return
	}
	if old != nil {
		for name, values := range old.header {
			g.Header(name, values[0])
		}
		g.Header(replayed, "true")
		g.Status(old.status)
		g.Writer.WriteHeaderNow()
		g.Writer.Write(old.body)
		g.Abort()
		return
	}
	w := &recorded{ResponseWriter: g.Writer}
	g.Writer = w
	done := false
	defer func() {
		if !done { // it panicked
			w = nil
		}
		a.end(key, w)
	}()
	g.Next()
	done = true
}
