package control

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"holdfast/engine/journal"
)

// Engine is what the server half hands requests to. Errors that are Problems
// reach the caller as they are; any other becomes "failed".
type Engine interface {
	Status(ctx context.Context) (Status, error)
	Plan(ctx context.Context, text string) (Planned, error)
	Apply(ctx context.Context, req ApplyRequest) (Planned, error)
	Confirm(ctx context.Context, hash string) error
	Revert(ctx context.Context, hash string) (Planned, error)
	// FallBack goes back from one text to the one before it, by their hashes.
	FallBack(ctx context.Context, from, to string) error
	// Adverts gives the routers that the role hears; a Problem where it hears none.
	Adverts(ctx context.Context) (Adverts, error)
	Config() (text, hash string)
	// Journal calls send with every entry above after, and goes on with those
	// to come until ctx ends or send fails.
	Journal(ctx context.Context, after uint64, send func(journal.Entry) error) error
	// Stop starts the end of the role and returns before it is over, so that
	// the answer can still be written.
	Stop(mode string) error
}

// MaxText bounds a text: a table of 100,000 servers is some 20 MiB.
const MaxText = 32 << 20

// maxRequest bounds a request: a text of which each character is escaped, as a
// line's end, a tab and a quote are.
const maxRequest = 2*MaxText + 1<<16

// Serve answers on l until ctx ends. Peers other than root, this process's own
// user and the allowed user ids are refused.
func Serve(ctx context.Context, l net.Listener, engine Engine, allow []uint32, log *slog.Logger) error {
	return serve(ctx, l, guard(allow, routes(engine)), log)
}

// serve answers on l with h until ctx ends.
func serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	s := &http.Server{
		Handler:           h,
		ConnContext:       withPeer,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() {
		// Answers under way are let out; streams ended with ctx.
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if s.Shutdown(grace) != nil {
			s.Close()
		}
	})
	defer stop()
	if err := s.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return nil
}

func routes(engine Engine) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, r *http.Request) {
		reply(w)(engine.Status(r.Context()))
	})
	mux.HandleFunc("POST /plan", inTurn(func(w http.ResponseWriter, r *http.Request) {
		if req, ok := body[Text](w, r); ok {
			reply(w)(engine.Plan(r.Context(), req.Text))
		}
	}))
	mux.HandleFunc("POST /apply", inTurn(func(w http.ResponseWriter, r *http.Request) {
		if req, ok := applyBody(w, r); ok {
			reply(w)(engine.Apply(r.Context(), req))
		}
	}))
	mux.HandleFunc("POST /confirm", func(w http.ResponseWriter, r *http.Request) {
		if req, ok := body[ConfirmRequest](w, r); ok {
			reply(w)(struct{}{}, engine.Confirm(r.Context(), req.Hash))
		}
	})
	mux.HandleFunc("POST /revert", func(w http.ResponseWriter, r *http.Request) {
		if req, ok := body[ConfirmRequest](w, r); ok {
			reply(w)(engine.Revert(r.Context(), req.Hash))
		}
	})
	mux.HandleFunc("POST /fallback", func(w http.ResponseWriter, r *http.Request) {
		if !Trusted(r.Context()) {
			refuse(w, &Problem{Code: Forbidden, Message: "only the parent makes a role fall back"})
			return
		}
		if req, ok := body[FallRequest](w, r); ok {
			reply(w)(struct{}{}, engine.FallBack(r.Context(), req.From, req.To))
		}
	})
	mux.HandleFunc("POST /stop", func(w http.ResponseWriter, r *http.Request) {
		if !Trusted(r.Context()) {
			refuse(w, &Problem{Code: Forbidden, Message: "only root ends a role"})
			return
		}
		if req, ok := body[StopRequest](w, r); ok {
			reply(w)(struct{}{}, engine.Stop(req.Mode))
		}
	})
	mux.HandleFunc("GET /adverts", func(w http.ResponseWriter, r *http.Request) {
		reply(w)(engine.Adverts(r.Context()))
	})
	mux.HandleFunc("GET /config", func(w http.ResponseWriter, r *http.Request) {
		text, hash := engine.Config()
		w.Header().Set("Content-Type", plainText)
		w.Header().Set("ETag", strconv.Quote(hash))
		io.WriteString(w, text)
	})
	mux.HandleFunc("GET /journal", func(w http.ResponseWriter, r *http.Request) { stream(w, r, engine) })
	orderRoutes(mux, engine)
	standbyRoutes(mux, engine)
	statsRoute(mux, engine)
	verifyRoutes(mux, engine)
	mux.HandleFunc("/", unknown)
	return mux
}

func unknown(w http.ResponseWriter, r *http.Request) {
	refuse(w, &Problem{Code: NotFound, Message: "no such path: " + r.Method + " " + r.URL.Path})
}

// stream writes journal entries as they come, one JSON value per line.
func stream(w http.ResponseWriter, r *http.Request, engine Engine) {
	after, err := strconv.ParseUint(r.FormValue("after"), 10, 64)
	if err != nil && r.FormValue("after") != "" {
		refuse(w, &Problem{Code: Invalid, Message: "after is not a number"})
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	out, enc := http.NewResponseController(w), json.NewEncoder(w)
	if out.Flush() != nil {
		return
	}
	err = engine.Journal(r.Context(), after, func(e journal.Entry) error {
		// A reader that takes nothing for this long is not one.
		if err := out.SetWriteDeadline(time.Now().Add(10 * time.Second)); err != nil {
			return err
		}
		if err := enc.Encode(e); err != nil {
			return err
		}
		return out.Flush()
	})
	if err != nil {
		return // the peer left, or we end: there is nobody to tell
	}
}

func body[T any](w http.ResponseWriter, r *http.Request) (req T, ok bool) {
	return req, take(w, r, func(body io.Reader, length int64) error { return decode(body, length, &req) })
}

// applyBody is the body of a request to apply: JSON, or the text alone.
func applyBody(w http.ResponseWriter, r *http.Request) (req ApplyRequest, ok bool) {
	if r.Header.Get("Content-Type") != plainText {
		return body[ApplyRequest](w, r)
	}
	return req, take(w, r, func(body io.Reader, length int64) error {
		var text strings.Builder
		text.Grow(int(max(0, min(length, maxRequest))))
		_, err := io.Copy(&text, body)
		req.Text = text.String()
		return err
	})
}

// take has read read the body of a request, and says whether it could.
func take(w http.ResponseWriter, r *http.Request, read func(body io.Reader, length int64) error) bool {
	conn := http.NewResponseController(w)
	// A slow body holds the turn that others wait for.
	err := conn.SetReadDeadline(time.Now().Add(bodyPatience))
	if err == nil {
		err = read(http.MaxBytesReader(w, r.Body, maxRequest), r.ContentLength)
	}
	if err == nil {
		err = conn.SetReadDeadline(time.Time{})
	}
	if err != nil {
		refuse(w, &Problem{Code: Invalid, Message: "read request: " + err.Error()})
	}
	return err == nil
}

// decode reads the one value that a body of this length has; -1: of any.
func decode(body io.Reader, length int64, to any) error {
	if length <= 0 || length > maxRequest {
		return json.NewDecoder(body).Decode(to)
	}
	text := make([]byte, length) // read at once: a buffer that grows takes four times the room
	if _, err := io.ReadFull(body, text); err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}

func reply(w http.ResponseWriter) func(any, error) {
	return func(v any, err error) {
		if err != nil {
			refuse(w, err)
			return
		}
		write(w, http.StatusOK, v)
	}
}

func refuse(w http.ResponseWriter, err error) {
	p := problem(err)
	status, ok := statuses[p.Code]
	if !ok {
		status = http.StatusInternalServerError
	}
	write(w, status, p)
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return // the peer left
	}
}
