package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// To a program each is not-found; a person reads what is missing and where to look.
func TestTheAPISaysWhatIsNotThereAndWhereToLook(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	for _, c := range []struct{ method, path, name, list string }{
		{http.MethodGet, "/instances/VI_9", "VI_9", "/instances"},
		{http.MethodGet, "/services/tcp:10.9.9.9:80", "tcp:10.9.9.9:80", "/services"},
		{http.MethodGet, "/revisions/77", "77", "/revisions"},
		{http.MethodPost, "/revisions/77/run", "77", "/revisions"},
		{http.MethodGet, "/drafts/77", "77", "/drafts"},
		{http.MethodGet, "/drafts/77/difference", "77", "/drafts"},
		{http.MethodPut, "/drafts/77/name", "77", "/drafts"},
		{http.MethodPost, "/drafts/77/open", "77", "/drafts"},
		{http.MethodDelete, "/drafts/77", "77", "/drafts"},
		{http.MethodDelete, "/sessions/77", "", "/sessions"},
		{http.MethodPost, "/mail/outbox/77/retry", "", "/mail/outbox"},
		{http.MethodGet, "/mail", "", ""},
	} {
		var order any
		switch {
		case strings.HasSuffix(c.path, "/name"):
			order = map[string]string{"name": "x"}
		case strings.HasSuffix(c.path, "/open"):
			order = map[string]any{"version": 0}
		case strings.HasSuffix(c.path, "/run"):
			order = map[string]any{}
		}
		var got struct{ Code, Detail string }
		b.call(c.method, c.path, order, &got).must(t, 404)
		if got.Code != "not-found" || !strings.Contains(got.Detail, c.name) || !strings.Contains(got.Detail, c.list) || len(got.Detail) < 40 {
			t.Errorf("%s %s: %+v", c.method, c.path, got)
		}
	}
}
