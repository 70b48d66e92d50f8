package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"holdfast/store"
	"holdfast/web/access"
)

// endless is a body of n bytes; it says its size only if it is asked to.
type endless struct{ left int64 }

var filling = bytes.Repeat([]byte("a"), 32<<10)

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), e.left)], filling)
	e.left -= int64(n)
	return n, nil
}

// sized asks for an address with a body of n bytes and gives the status and the
// beginning of the answer.
func (b *browser) sized(r access.Row, n int64, chunked bool) (int, string) {
	b.h.t.Helper()
	ctx, cancel := context.WithCancel(b.h.t.Context())
	defer cancel()
	path := strings.NewReplacer(":name", "none", ":number", "0", ":id", "0", ":tree", "x", "*path", "none").Replace(r.Path)
	req := b.request(r.Method, path, &endless{n}).WithContext(ctx)
	if !chunked {
		req.ContentLength = n
	}
	req.Header.Set("Origin", b.h.base)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(path, access.APIRoot) {
		req.Header.Set("Content-Type", "application/json")
	}
	client := &http.Client{Jar: b.http.Jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	got, err := client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer got.Body.Close()
	text, err := io.ReadAll(io.LimitReader(got.Body, 64<<10))
	if err != nil {
		b.h.t.Fatal(err)
	}
	return got.StatusCode, string(text)
}

// limit is how large the body of a request may be whose sender may not edit.
const limit = 16 << 10

func TestABodyBeyondItsLimitIsRefusedOnEveryAddressHoweverItComes(t *testing.T) {
	h := openAs(t, nil)
	h.working()
	viewer := h.member("vic", store.Viewer)
	for i, row := range access.Table() {
		if row.Least != access.Anybody && row.Least != store.Viewer || strings.HasSuffix(row.Path, "/stream") || row.Path == "/live" {
			continue
		}
		for _, chunked := range []bool{false, true} {
			for _, n := range []int64{limit + 1, 4 * limit, 8 << 20} {
				b := viewer
				if row.Least == access.Anybody {
					b = h.browser()
				}
				status, text := b.sized(row, n, chunked)
				if status != http.StatusRequestEntityTooLarge {
					t.Errorf("%s %s, %d bytes, chunked %v: %d\n%.300s", row.Method, row.Path, n, chunked, status, text)
				}
			}
			b := viewer
			if row.Least == access.Anybody {
				b = h.browser()
			}
			if row.Path == "/logout" || row.Method == http.MethodDelete {
				b = h.member(fmt.Sprint("vic", i, chunked), store.Viewer)
			}
			if status, text := b.sized(row, limit, chunked); status == http.StatusRequestEntityTooLarge || status >= 500 {
				t.Errorf("%s %s, at the limit, chunked %v: %d\n%.300s", row.Method, row.Path, chunked, status, text)
			}
		}
	}
	for _, row := range mustAudit(h) {
		if row.Action == "login-refused" && row.User != "" {
			t.Errorf("a body that was refused counts as an attempt: %+v", row)
		}
	}
}

func mustAudit(h *house) []store.AuditRow {
	rows, err := h.store.AuditPage(h.t.Context(), 0, 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	return rows
}

func TestALoginThatIsCutIsNoAttempt(t *testing.T) {
	h := open(t)
	h.admin()
	form := url.Values{"name": {"admin"}, "password": {strings.Repeat("x", limit)}}.Encode()
	for what, body := range map[string]io.Reader{"too long": strings.NewReader(form), "not a form": strings.NewReader("name=%zz")} {
		b := h.browser()
		r := b.request(http.MethodPost, "/login", struct{ io.Reader }{body}) // of no known size
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if got := b.do(r); got.status != 413 && got.status != 400 {
			t.Errorf("%s: %d", what, got.status)
		}
	}
	if rows := mustAudit(h); len(rows) != 0 {
		t.Errorf("counted: %+v", rows)
	}
}

func TestAnAnswerThatTheConsoleIsNotWellHasItsLineInTheLog(t *testing.T) {
	h := open(t)
	b := h.admin()
	h.stopVRRP()
	for _, path := range []string{"/instances/VI_1", "/config"} {
		got := b.call(http.MethodGet, path, nil, nil)
		if got.status >= 500 && !strings.Contains(h.log.String(), "path=/api/v1"+path) {
			t.Errorf("%s answers %d, and the log is silent:\n%s", path, got.status, h.log.String())
		}
	}
	if !strings.Contains(h.log.String(), "request not served") {
		t.Errorf("nothing failed:\n%s", h.log.String())
	}
}
