package web_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// problem is what the API answers with when something is wrong.
type problem struct {
	Status       int
	Code, Detail string
	Errors       []struct{ Location string }
}

func TestTheWholeWayThroughTheAPI(t *testing.T) {
	h := open(t)
	h.working()
	h.admin()
	b := h.browser()
	b.call(http.MethodPost, "/session", map[string]string{"name": "admin", "password": password}, nil).must(t, 204)
	var me struct{ User, Role string }
	b.call(http.MethodGet, "/session", nil, &me).must(t, 200)
	if me.User != "admin" || me.Role != "admin" {
		t.Fatalf("session of %+v", me)
	}

	var status struct {
		Node string
		VRRP struct {
			Answers bool
			Status  struct {
				Instances []struct{ Name, State string }
			}
		}
	}
	b.call(http.MethodGet, "/status", nil, &status).must(t, 200)
	if status.Node != "dir1" || !status.VRRP.Answers || status.VRRP.Status.Instances[0].State != "MASTER" {
		t.Fatalf("status is %+v", status)
	}
	b.call(http.MethodGet, "/instances/VI_1", nil, nil).must(t, 200, `"state":"MASTER"`)
	b.call(http.MethodGet, "/services/tcp:172.16.1.100:80", nil, nil).must(t, 200, "HTTP 503, 12 ms")
	b.call(http.MethodGet, "/services/tcp:10.9.9.9:80", nil, nil).must(t, 404, `"code":"not-found"`)

	var candidate struct{ Version int }
	b.call(http.MethodGet, "/candidate", nil, &candidate).must(t, 200)
	b.call(http.MethodPut, "/candidate", map[string]any{"text": moreWeight, "version": candidate.Version}, &candidate).must(t, 200)
	if candidate.Version == 0 {
		t.Fatal("the candidate has no version")
	}
	b.call(http.MethodPut, "/candidate", map[string]any{"text": moreWeight, "version": 77}, nil).must(t, 409, `"code":"conflict"`)

	var plan struct {
		Hash   string
		Failed bool
		Plans  []struct {
			Role  string
			Lines []string
		}
		Running map[string]string
	}
	b.call(http.MethodPost, "/plan", map[string]any{}, &plan).must(t, 200)
	if plan.Failed || len(plan.Plans) != 2 || !slices.Contains(plan.Plans[1].Lines, "ip address add 172.16.1.100/32 dev eth0 scope global") {
		t.Fatalf("plan is %+v", plan)
	}
	var revision struct {
		Number int64
		Hash   string
	}
	b.call(http.MethodPost, "/apply", map[string]any{"hash": plan.Hash, "running": plan.Running, "note": "by program"}, &revision).must(t, 200)
	if revision.Number != 2 || revision.Hash != plan.Hash {
		t.Fatalf("revision is %+v", revision)
	}
	b.call(http.MethodGet, "/status", nil, nil).must(t, 200, `"pending":{`)
	b.call(http.MethodPost, "/confirm", map[string]string{"hash": revision.Hash}, nil).must(t, 204)
	b.call(http.MethodGet, "/revisions", nil, nil).must(t, 200, `"outcome":"kept"`, "by program")
	b.call(http.MethodGet, "/revisions/2", nil, nil).must(t, 200, "weight 3")
	b.call(http.MethodGet, "/config", nil, nil).must(t, 200, `"revision":2`)
	b.call(http.MethodPost, "/revert", map[string]string{"hash": revision.Hash}, nil).must(t, 409, `"code":"nothing-pending"`)

	b.call(http.MethodDelete, "/session", nil, nil).must(t, 204)
	b.call(http.MethodGet, "/session", nil, nil).must(t, 401)
}

func TestCheckingATextNeedsNoCandidate(t *testing.T) {
	h := open(t)
	b := h.admin()
	var findings []struct {
		Code, Severity, Message string
		Line, Column            int
	}
	b.call(http.MethodPost, "/check", map[string]string{"text": "virtual_server 10.0.0.1 80 {\n    nat_mask 255.0.0.0\n}\n"}, &findings).must(t, 200)
	if !slices.ContainsFunc(findings, func(f struct {
		Code, Severity, Message string
		Line, Column            int
	}) bool {
		return f.Line == 2 && f.Column == 5 && strings.Contains(f.Message, "nat_mask")
	}) {
		t.Errorf("findings are %+v", findings)
	}
	b.lang = "zh-CN"
	b.call(http.MethodPost, "/plan", map[string]any{}, nil).must(t, 404, "没有候选配置")
}

func TestAPIErrorsAreProblemsWithACode(t *testing.T) {
	h := open(t)
	b := h.admin()
	var p problem
	got := b.call(http.MethodPut, "/candidate", map[string]any{"text": 7, "wrong": true}, &p).must(t, 422)
	if got.header.Get("Content-Type") != "application/problem+json" || p.Code != "invalid-request" || len(p.Errors) < 2 {
		t.Errorf("%s %+v", got.header.Get("Content-Type"), p)
	}
	b.call(http.MethodPost, "/session", map[string]string{"name": "admin", "password": "wrong wrong wrong"}, &p).must(t, 401)
	if p.Code != "login-refused" || p.Status != 401 || p.Detail == "" {
		t.Errorf("%+v", p)
	}
	b.call(http.MethodGet, "/events?limit=5000", nil, &p).must(t, 422)
}

func TestEventsThroughTheAPI(t *testing.T) {
	h := open(t)
	h.tell(history()...)
	b := h.admin()
	var events []struct {
		ID    int64
		Kind  string
		Facts map[string]string
	}
	b.call(http.MethodGet, "/events?kind=server-state", nil, &events).must(t, 200)
	if len(events) != 1 || events[0].Facts["reason"] != "HTTP 503, 12 ms" {
		t.Errorf("%+v", events)
	}
	b.call(http.MethodGet, "/events?limit=2", nil, &events).must(t, 200)
	b.call(http.MethodGet, "/events?limit=2&before="+itoa(events[1].ID), nil, &events).must(t, 200)
	if len(events) != 1 || events[0].Kind != "started" {
		t.Errorf("%+v", events)
	}
}

func TestTheAPIDescribesItself(t *testing.T) {
	h := open(t)
	b := h.admin()
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct{ OperationID string }
	}
	got := b.get("/api/v1/openapi.json").must(t, 200)
	if err := json.Unmarshal([]byte(got.body), &doc); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, methods := range doc.Paths {
		for _, op := range methods {
			ids[op.OperationID] = true
		}
	}
	for _, id := range []string{"log-in", "get-status", "list-services", "put-candidate", "plan-text", "apply", "confirm", "run-revision", "list-events", "stream-events", "test-mail"} {
		if !ids[id] {
			t.Errorf("%s is not described", id)
		}
	}
	if !strings.Contains(got.body, `"code"`) {
		t.Error("the problem's code is not described")
	}
	if !strings.Contains(got.body, `"#/components/schemas/Held"`) || strings.Contains(got.body, `schemas/Blocked"`) {
		t.Error("what is held does not bear its published name")
	}
	for _, path := range []string{"/api/v1/docs", "/api/v1/schemas/Problem.json"} {
		b.get(path).must(t, 404)
	}
}

func TestMailSettingsAreSetAndTestedThroughTheAPI(t *testing.T) {
	h := open(t)
	b := h.admin()
	settings := map[string]any{"host": "mail.example", "port": 587, "security": "starttls", "verify_cert": true, "user": "u", "password": "secret-word", "from": "lb@example.org", "to": []string{"ops@example.org"}}
	got := b.call(http.MethodPut, "/mail", settings, nil).must(t, 200, `"password_stored":true`)
	if strings.Contains(got.body, "secret-word") {
		t.Error("the password is given out")
	}
	b.call(http.MethodPost, "/mail/test", map[string]any{}, nil).must(t, 200, `"code":"AB12"`, `"name":"rcpt"`)
	if len(h.tested) != 1 || h.tested[0].Password.Reveal() != "secret-word" || h.tested[0].Timeout != time.Duration(0) {
		t.Errorf("tested with %+v", h.tested)
	}
	b.call(http.MethodPost, "/mail/test", map[string]any{"to": "ops@example.org\r\nDATA"}, nil).must(t, 422, `"code":"control"`)
	delete(settings, "password")
	settings["host"] = "evil.example"
	for method, path := range map[string]string{http.MethodPut: "/mail", http.MethodPost: "/mail/test"} {
		in := any(settings)
		if method == http.MethodPost {
			in = map[string]any{"settings": settings}
		}
		b.call(method, path, in, nil).must(t, 422, `"code":"password-again"`)
	}
	settings["password"] = "secret-word"
	settings["to"] = []string{}
	b.call(http.MethodPut, "/mail", settings, nil).must(t, 422, `"code":"mail-to"`)
	b.call(http.MethodGet, "/mail/outbox", nil, nil).must(t, 200, "[]")
}
