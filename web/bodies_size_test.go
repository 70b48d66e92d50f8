package web_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/store"
	"holdfast/web/access"
	"holdfast/web/api"
)

// endless is a body of n bytes; it says its size only if it is asked to.
type endless struct{ left int64 }

var letters = strings.Repeat("a", 1<<20)

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), e.left)], letters)
	e.left -= int64(n)
	return n, nil
}

// pathOf is an address of a row where nothing is.
func pathOf(r access.Row) string {
	return strings.NewReplacer(":name", "none", ":number", "0", ":id", "0", ":tree", "x", "*path", "none").Replace(r.Path)
}

// wide sends a large body in large pieces.
var wide = &http.Transport{WriteBufferSize: 1 << 20, DisableKeepAlives: true}

// sized asks for an address with a body of n bytes and gives the status and the
// beginning of the answer.
func (b *browser) sized(r access.Row, n int64, chunked bool) (int, string) {
	b.h.t.Helper()
	ctx, cancel := context.WithCancel(b.h.t.Context())
	defer cancel()
	path := pathOf(r)
	req := b.request(r.Method, path, &endless{n}).WithContext(ctx)
	if !chunked {
		req.ContentLength = n
	}
	req.Header.Set("Origin", b.h.base)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(path, access.APIRoot) {
		req.Header.Set("Content-Type", "application/json")
	}
	client := &http.Client{Jar: b.http.Jar, Transport: wide, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	got, err := client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer got.Body.Close()
	text := make([]byte, 300) // the rest may come only when all is sent
	some, err := got.Body.Read(text)
	if err != nil && err != io.EOF {
		b.h.t.Fatal(err)
	}
	return got.StatusCode, string(text[:some])
}

// limit is how large the body of a request may be that is no text and no settings.
const limit = 16 << 10

// limitOf is how large a body an address takes of somebody who may use it.
func limitOf(r access.Row) int64 {
	switch r.Method + " " + strings.TrimPrefix(r.Path, access.APIRoot) {
	case "POST /changes/candidate", "POST /changes/discard", "POST /changes/import", "POST /changes/merge", "POST /import",
		"POST /import/pair", "PUT /candidate", "POST /check", "POST /plan", "POST /import/explain":
		return api.MostBody
	case "POST /system/mail", "POST /system/mail/test", "PUT /mail", "POST /mail/test":
		return 512 << 10
	}
	return limit
}

func TestABodyBeyondItsLimitIsRefusedOnEveryAddressHoweverItComes(t *testing.T) {
	t.Parallel()
	h := openAs(t, nil)
	h.working()
	admin := h.admin()
	for i, row := range access.Table() {
		if strings.HasSuffix(row.Path, "/stream") || row.Path == "/live" {
			continue
		}
		most := limitOf(row)
		as := func() *browser {
			if row.Least == access.Anybody {
				return h.browser()
			}
			return admin
		}
		for _, chunked := range []bool{false, true} {
			sizes := []int64{most + 1, 200 << 20}
			if exact := most < api.MostBody || strings.HasSuffix(row.Path, "/candidate"); !exact {
				sizes = sizes[1:] // a hundred MiB each: one page and one operation stand for those that take a text
			}
			for _, n := range sizes {
				status, text := as().sized(row, n, chunked)
				if status != http.StatusRequestEntityTooLarge {
					t.Errorf("%s %s, %d bytes, chunked %v: %d\n%.300s", row.Method, row.Path, n, chunked, status, text)
				}
			}
			if len(sizes) == 1 {
				continue
			}
			b := as()
			if row.Path == "/logout" || row.Method == http.MethodDelete {
				b = h.member(fmt.Sprint("adm", i, chunked), store.Admin)
			}
			if status, text := b.sized(row, most, chunked); status == http.StatusRequestEntityTooLarge || status >= 500 {
				t.Errorf("%s %s, at the limit, chunked %v: %d\n%.300s", row.Method, row.Path, chunked, status, text)
			}
		}
	}
	for _, row := range mustAudit(h) {
		if row.Action == "login-refused" && row.User != "" {
			t.Errorf("a body that was refused counts as an attempt: %+v", row)
		}
	}
	if log := h.log.String(); strings.Contains(log, "request not served") {
		t.Errorf("something was not served:\n%s", log)
	}
}

func TestNobodySendsMoreThanAFormToWhatTakesTextsOfEditors(t *testing.T) {
	h := openAs(t, nil)
	h.working()
	viewer := h.member("vic", store.Viewer)
	for _, row := range access.Table() {
		if limitOf(row) == limit {
			continue
		}
		for _, chunked := range []bool{false, true} {
			for who, b := range map[string]*browser{"a viewer": viewer, "nobody": h.browser()} {
				if status, text := b.sized(row, limit+1, chunked); status != http.StatusRequestEntityTooLarge && status != http.StatusUnauthorized && status != http.StatusForbidden {
					t.Errorf("%s %s, %s, chunked %v: %d\n%.300s", row.Method, row.Path, who, chunked, status, text)
				}
			}
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

func TestEveryAnswerThatTheConsoleIsNotWellHasItsLineInTheLog(t *testing.T) {
	for what, harm := range map[string]func(h *house){
		"no role answers": func(h *house) { h.stopVRRP(); h.stopLVS() },
		"the database is gone": func(h *house) {
			if err := os.Remove(filepath.Join(h.dir, "config.db")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			h := open(t)
			h.unwell = true
			h.working()
			b := h.admin()
			propose(t, b, moreWeight)
			harm(h)
			failed := 0
			for _, row := range access.Table() {
				if strings.HasSuffix(row.Path, "/stream") || row.Path == "/live" || row.Path == "/logout" {
					continue
				}
				r := b.request(row.Method, pathOf(row), strings.NewReader("{}"))
				r.Header.Set("Origin", h.base)
				r.Header.Set("Content-Type", "application/json")
				if got := b.do(r); got.status >= 500 {
					failed++
					h.await("the line of "+row.Method+" "+row.Path, func() bool { return strings.Contains(h.log.String(), "path="+pathOf(row)) })
				}
			}
			if failed == 0 {
				t.Error("nothing failed")
			}
		})
	}
}
