package web_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestNodeAndVersionAreNotToldWithoutASession(t *testing.T) {
	t.Parallel()
	h := open(t)
	admin := h.admin()
	b := h.browser()
	for _, path := range []string{"/login", "/", "/setup", "/nowhere", "/healthz", "/api/v1/openapi.json", "/api/v1/openapi.yaml", "/api/v1/status"} {
		got := b.get(path)
		for _, secret := range []string{"dir1", `"version":"test"`, "version: test", "Holdfast test"} {
			if strings.Contains(got.body, secret) {
				t.Errorf("%s tells %q", path, secret)
			}
		}
	}
	admin.get("/").must(t, 200, "dir1")
	admin.get("/system/about").must(t, 200, "Holdfast test")
}

func TestLoggingInByTheAPIEndsTheSessionThatCameAlong(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.admin()
	sessions := func() (list []struct{ ID int64 }) {
		t.Helper()
		b.call(http.MethodGet, "/sessions", nil, &list).must(t, 200)
		return list
	}
	before := sessions()
	b.call(http.MethodPost, "/session", map[string]string{"name": "admin", "password": password}, nil).must(t, 204)
	after := sessions()
	if len(after) != len(before) || after[0].ID == before[0].ID {
		t.Errorf("sessions before: %v, after: %v", before, after)
	}
}
