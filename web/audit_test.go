package web_test

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"holdfast/engine/model"
	"holdfast/store"
	"holdfast/web/access"
)

// asks are the addresses of the API that change nothing though they are not asked
// for with GET.
var asks = []string{"POST /check", "POST /plan", "POST /services/:name/verify", "POST /import/explain", "POST /import/pair"}

func TestEveryActOfTheAPIHasItsRowInTheAudit(t *testing.T) {
	h := open(t)
	h.working()
	b := h.browser()
	hash := func(text string) string { return model.Hash([]byte(text)) }
	running := func() map[string]string {
		r := map[string]string{}
		for _, f := range []*fakeRole{h.vrrp, h.lvs} {
			text, _ := f.Config()
			r[f.name] = hash(text)
		}
		return r
	}
	version := 0
	saved := func(method, path string, in map[string]any) func() page {
		return func() page {
			var saved struct{ Version int }
			in["version"] = version
			p := b.call(method, path, in, &saved)
			version = saved.Version
			return p
		}
	}
	save := func(text string) func() page {
		return saved(http.MethodPut, "/candidate", map[string]any{"text": text, "keep": true})
	}
	dead := func() {
		if err := h.store.Enqueue(t.Context(), []store.Mail{{To: "ops@example.org", Subject: "s", Body: "b"}}); err != nil {
			t.Fatal(err)
		}
		if err := h.store.BeginMail(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if err := h.store.MailDead(t.Context(), 1, "550 no such user"); err != nil {
			t.Fatal(err)
		}
	}
	call := func(method, path string, in any) func() page {
		return func() page { return b.call(method, path, in, nil) }
	}
	order := func(mode string, in any) func() page {
		return call("PUT", "/services/tcp:172.16.1.100:80/servers/172.16.1.33:80/"+mode, in)
	}
	mail := map[string]any{"host": "mail.example", "to": []string{"ops@example.org"}, "verify_cert": true, "version": 0}
	steps := []actStep{
		{"POST /setup", "setup", call("POST", "/setup", map[string]string{"token": h.setupToken(), "name": "admin", "password": password})},
		{"POST /session", "login", call("POST", "/session", map[string]string{"name": "admin", "password": password})},
		{"POST /session", "login-refused", call("POST", "/session", map[string]string{"name": "admin", "password": "not the right phrase"})},
		{"POST /session", "login", func() page {
			return h.browser().call("POST", "/session", map[string]string{"name": "admin", "password": password}, nil)
		}},
		{"DELETE /sessions/:id", "session-ended", call("DELETE", "/sessions/3", nil)}, // the first ended with the second
		{"PUT /preferences", "preferences", call("PUT", "/preferences", map[string]string{"theme": "dark"})},
		{"POST /adopt", "commit", call("POST", "/adopt", map[string]string{})},
		{"PUT /candidate", "candidate-saved", save(moreWeight)},
		{"PUT /candidate", "draft-kept", save(seed)},
		{"PUT /drafts/:id/name", "draft-renamed", call("PUT", "/drafts/1/name", map[string]string{"name": "before"})},
		{"POST /drafts/:id/open", "candidate-saved", saved("POST", "/drafts/1/open", map[string]any{})},
		{"DELETE /drafts/:id", "draft-deleted", call("DELETE", "/drafts/1", nil)},
		{"DELETE /candidate", "candidate-discarded", func() page { return b.call("DELETE", fmt.Sprint("/candidate?version=", version), nil, nil) }},
		{"PUT /candidate", "candidate-saved", func() page { version = 0; return save(moreWeight)() }},
		{"POST /apply", "revision-applied", func() page { return b.call("POST", "/apply", map[string]any{"running": running()}, nil) }},
		{"POST /revert", "revision-reverted", func() page { return b.call("POST", "/revert", map[string]string{"hash": hash(moreWeight)}, nil) }},
		{"POST /revisions/:number/run", "revision-applied", func() page { return b.call("POST", "/revisions/2/run", map[string]any{"running": running()}, nil) }},
		{"POST /confirm", "revision-kept", func() page { return b.call("POST", "/confirm", map[string]string{"hash": hash(moreWeight)}, nil) }},
		{"POST /cards/:name", "candidate-saved", call("POST", "/cards/pair", map[string]any{"answers": map[string]string{"address": "172.16.1.120", "interface": "eth0"}})},
		{"PUT /services/:name/servers/:server/drain", "server-drain", order("drain", map[string]any{"reason": "new kernel", "until": "all"})},
		{"PUT /services/:name/servers/:server/off", "server-off", order("off", nil)},
		{"PUT /services/:name/servers/:server/weight", "server-weight", order("weight", map[string]any{"weight": 7})},
		{"PUT /services/:name/servers/:server/back", "server-back", order("back", map[string]any{})},
		{"POST /hand-over", "hand-over", call("POST", "/hand-over", map[string]any{"names": []string{"VI_1"}, "reason": "new cable"})},
		{"POST /hand-back", "hand-back", call("POST", "/hand-back", map[string]any{})},
		{"POST /maintenance", "maintenance-on", call("POST", "/maintenance", map[string]any{"on": true})},
		{"POST /maintenance", "maintenance-off", call("POST", "/maintenance", map[string]any{"on": false})},
	}
	steps = append(steps, objectActs(b)...)
	steps = append(steps, peopleActs(t, b)...)
	steps = append(steps, []actStep{
		{"PUT /mail", "mail-settings", call("PUT", "/mail", mail)},
		{"POST /mail/test", "mail-test", call("POST", "/mail/test", map[string]string{})},
		{"POST /mail/outbox/:id/retry", "mail-retried", func() page { dead(); return b.call("POST", "/mail/outbox/1/retry", nil, nil) }},
		{"PUT /password", "password-changed", call("PUT", "/password", map[string]string{"old": password, "new": "another long phrase"})},
		{"POST /session", "login", call("POST", "/session", map[string]string{"name": "admin", "password": "another long phrase"})},
		{"DELETE /session", "logout", call("DELETE", "/session", nil)},
	}...)
	walked := map[string]bool{}
	for _, row := range asks {
		walked[row] = true
	}
	seen := int64(0)
	for _, step := range steps {
		p := step.do()
		if p.status >= 300 && step.action != "login-refused" {
			t.Fatalf("%s: %d\n%s", step.row, p.status, p.body)
		}
		found := false
		for _, row := range mustAudit(h) {
			found = found || row.ID > seen && row.Action == step.action
		}
		if !found {
			t.Errorf("%s leaves no %s", step.row, step.action)
		}
		seen = h.audit(1)[0].ID
		walked[step.row] = true
	}
	for _, row := range access.Table() {
		path, api := strings.CutPrefix(row.Path, access.APIRoot)
		if api && row.Method != http.MethodGet && !walked[row.Method+" "+path] {
			t.Errorf("%s %s is not walked", row.Method, path)
		}
	}
	b.call("POST", "/session", map[string]string{"name": "admin", "password": "another long phrase"}, nil).must(t, 204)
	for _, lang := range []string{"en", "zh-CN"} {
		b.call("PUT", "/preferences", map[string]string{"lang": lang}, nil).must(t, 204)
		if got := b.get("/system/audit").must(t, 200); strings.Contains(got.body, "[ui.audit") {
			t.Errorf("%s: an act has no words", lang)
		}
	}
}

// actStep is one request that has to leave a row in the audit.
type actStep struct {
	row, action string
	do          func() page
}

// objectActs add, change and delete one object of each kind, and run a whole text.
func objectActs(b *browser) []actStep {
	const service = "/config/services/tcp:172.16.1.100:80"
	var steps []actStep
	act := func(row, path string, in any) {
		method, _, _ := strings.Cut(row, " ")
		steps = append(steps, actStep{row, "candidate-saved", func() page { return b.call(method, path, in, nil) }})
	}
	list := func(keyword, value string) map[string]any {
		return map[string]any{"directives": []map[string]string{{"keyword": keyword, "value": value}}}
	}
	for _, k := range []struct{ row, path, name, id, other, keyword, value string }{
		{"/config/instances", "/config/instances", "A", "A", "B", "priority", "7"},
		{"/config/groups", "/config/groups", "A", "A", "B", "notify", "/bin/true"},
		{"/config/scripts", "/config/scripts", "A", "A", "B", "interval", "7"},
		{"/config/processes", "/config/processes", "A", "A", "B", "quorum", "7"},
		{"/config/services", "/config/services", "192.0.2.1 80", "udp:192.0.2.1:80", "udp:192.0.2.2:80", "delay_loop", "7"},
		{"/config/services/:id/servers", service + "/servers", "192.0.2.1 80", "192.0.2.1:80", "192.0.2.2:80", "weight", "7"},
		{"/config/services/:id/servers/:server/checks", service + "/servers/172.16.1.33:80/checks", "TCP_CHECK", "TCP_CHECK", "PING_CHECK", "retry", "7"},
	} {
		id := map[string]string{"/config/services/:id/servers": "/:server", "/config/services/:id/servers/:server/checks": "/:check"}[k.row]
		one := k.row + cmp.Or(id, "/:id")
		act("POST "+k.row, k.path, map[string]any{"name": k.name})
		act("PUT "+one, k.path+"/"+k.other, map[string]any{"directives": []any{}})
		act("PATCH "+one, k.path+"/"+k.id, list(k.keyword, k.value))
		act("DELETE "+one, k.path+"/"+k.id, nil)
	}
	act("PUT /config/services/:id/servers/:server/weight", service+"/servers/172.16.1.33:80/weight", map[string]int{"weight": 9})
	act("PUT /config/global", "/config/global", list("router_id", "a"))
	act("PATCH /config/global", "/config/global", list("router_id", "b"))
	return append(steps, actStep{"PUT /config", "revision-kept", func() page {
		return b.call("PUT", "/config?confirm=0", map[string]string{"text": seed}, nil)
	}})
}
