package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"holdfast/store"
)

// sent is the form of an object with its fields as the page has them, and others changed.
func sent(t *testing.T, p page, changed url.Values) url.Values {
	t.Helper()
	form := p.form(t, "object-form")
	_, rest, _ := strings.Cut(p.body, `id="object-form"`)
	rest, _, _ = strings.Cut(rest, "</form>")
	for _, part := range strings.Split(rest, `name="id" value="`)[1:] {
		id, _, _ := strings.Cut(part, `"`)
		if form.Get("ids") == "" {
			form.Del("id")
			form.Set("ids", "seen")
		}
		form.Add("id", id)
	}
	form.Del("ids")
	for name, values := range changed {
		form[name] = values
	}
	return form
}

const serviceForm = "/objects/services/edit?id=tcp:172.16.1.100:80"

func TestAFormEndsInTheCandidateWithEveryOtherByteKept(t *testing.T) {
	h := open(t)
	h.working()
	b := h.member("maker", store.Editor)
	const path = "/objects/servers/edit?id=tcp:172.16.1.100:80&id=172.16.1.34:80"
	p := b.get(path).must(t, 200, `<label for="f-weight">Weight<code class="kw">weight</code>`, `id="f-weight" name="f.weight" value="2"`, "Range: 0..", "TCP_CHECK")
	preview := b.post("/objects/servers/edit", sent(t, p, url.Values{"f.weight": {"3"}, "name": {"172.16.1.34 80"}, "do": {"preview"}})).must(t, 200, "weight 3", `class="plus"`)
	if strings.Contains(preview.body, `id="pending-changes"`) {
		t.Error("a preview is saved")
	}
	b.post("/objects/servers/edit", sent(t, p, url.Values{"f.weight": {"3"}, "name": {"172.16.1.34 80"}, "do": {"save"}})).must(t, 200, `id="plan"`)
	if got := candidateText(t, b); got != moreWeight {
		t.Error(got)
	}
	p = b.get(path).must(t, 200, `value="3"`)
	same := b.post("/objects/servers/edit", sent(t, p, url.Values{"f.weight": {"3"}, "name": {"172.16.1.34 80"}, "do": {"save"}})).must(t, 200, `data-said="object-same"`)
	if same.path != "/objects/servers?said=object-same" {
		t.Errorf("led to %s", same.path)
	}
}

func TestAFormKeepsWhatWasTypedAndNamesWhatIsWrong(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	p := b.get("/objects/services/new").must(t, 200)
	form := sent(t, p, url.Values{"name": {"172.16.1.100 80"}, "f.protocol": {"TCP"}, "f.delay_loop": {"17"}, "do": {"save"}})
	b.post("/objects/services/new", form).must(t, 409, `data-fault="object-there"`, `value="172.16.1.100 80"`, `value="17"`)
	form.Set("name", "")
	b.post("/objects/services/new", form).must(t, 422, `data-fault="object-name"`)
	form.Set("name", "172.16.1.101 80")
	form.Set("f.delay_loop", "17 # often")
	b.post("/objects/services/new", form).must(t, 422, `data-fault="directive-form"`)
	form.Set("do", "preview")
	b.post("/objects/services/new", form).must(t, 200, `data-preview-fault="directive-form"`)
	form.Set("f.delay_loop", "soon")
	b.post("/objects/services/new", form).must(t, 200, `data-finding="bad-number"`)
	form.Set("f.delay_loop", "17")
	form.Set("do", "save")
	b.post("/objects/services/new", form).must(t, 200, `id="plan"`)
	b.get("/objects/services/edit?id=tcp:172.16.1.101:80").must(t, 200, `value="17"`)
	b.get("/objects/services/edit?id=tcp:172.16.1.109:80").must(t, 404, `href="/objects"`)
	b.get("/objects/nothing").must(t, 404)
}

// Each of two people changes another line of one service, and one the same line.
func TestTwoPeopleChangeOneServiceAndNoChangeIsLost(t *testing.T) {
	h := open(t)
	h.working()
	one, other := h.member("one", store.Editor), h.member("other", store.Editor)
	mine, theirs := one.get(serviceForm).must(t, 200), other.get(serviceForm).must(t, 200)
	name := url.Values{"name": {"172.16.1.100 80"}, "do": {"save"}}
	with := func(p page, keyword, value string) url.Values {
		f := sent(t, p, name)
		f.Set("f."+keyword, value)
		return f
	}
	other.post("/objects/services/edit", with(theirs, "delay_loop", "9")).must(t, 200, `id="plan"`)
	got := one.post("/objects/services/edit", with(mine, "sorry_server", "127.0.0.2 80")).must(t, 409, `data-fault="merged-meanwhile"`, "delay_loop 9", "sorry_server 127.0.0.2 80")
	if candidateText(t, other) != strings.Replace(seed, "delay_loop 6", "delay_loop 9", 1) {
		t.Error(candidateText(t, other))
	}
	form := got.form(t, "edit-form")
	form.Set("text", strings.NewReplacer("delay_loop 6", "delay_loop 9", "127.0.0.1", "127.0.0.2").Replace(seed))
	one.post("/changes/candidate", form).must(t, 200, `id="plan"`)
	one.post("/objects/services/edit", with(mine, "delay_loop", "7")).must(t, 409, `data-fault="edited-meanwhile"`, `id="places"`)
	if candidateText(t, other) != strings.NewReplacer("delay_loop 6", "delay_loop 9", "127.0.0.1", "127.0.0.2").Replace(seed) {
		t.Error(candidateText(t, other))
	}
}

func TestObjectsAreCopiedDisabledAndDeletedByButtons(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	act := func(do, name string, ids ...string) page {
		kind := map[int]string{1: "services", 2: "servers"}[len(ids)]
		return b.post("/objects/"+kind+"/act", url.Values{"id": ids, "do": {do}, "name": {name}})
	}
	const service = "tcp:172.16.1.100:80"
	act("copy", "172.16.1.101 80", service).must(t, 200, "<h1>tcp:172.16.1.101:80</h1>")
	act("copy", "172.16.1.101 80", service).must(t, 409, `data-fault="object-there"`, `value="172.16.1.101 80"`)
	act("remove", "", "tcp:172.16.1.101:80").must(t, 200, `id="plan"`)
	act("disable", "", service, "172.16.1.34:80").must(t, 200, `id="plan"`)
	b.get("/objects/servers").must(t, 200, `data-object="172.16.1.34:80" data-disabled`)
	act("enable", "", service, "172.16.1.34:80").must(t, 200)
	if got := candidateText(t, b); strings.TrimRight(got, "\n") != strings.TrimRight(seed, "\n") {
		t.Error(got)
	}
	act("explode", "", service).must(t, 404)
	h.member("reader", store.Viewer).get("/objects/services").must(t, 200, `data-object="tcp:172.16.1.100:80"`)
	b.call(http.MethodDelete, "/candidate", nil, nil).must(t, 204)
}

func TestEveryFormIsDrawnInBothLanguages(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	for _, lang := range []string{"en", "zh-CN"} {
		b.lang = lang
		for _, path := range []string{
			"/objects/instances", "/objects/groups", "/objects/scripts", "/objects/processes", "/objects/services", "/objects/servers",
			"/objects/instances/new", "/objects/groups/new", "/objects/scripts/new", "/objects/processes/new", "/objects/services/new", "/objects/global/edit",
			"/objects/servers/new?id=tcp:172.16.1.100:80", "/objects/instances/edit?id=VI_1", serviceForm,
			"/objects/servers/edit?id=tcp:172.16.1.100:80&id=172.16.1.33:80", "/objects/checks/edit?id=tcp:172.16.1.100:80&id=172.16.1.33:80&id=TCP_CHECK",
			"/objects/checks/new?id=tcp:172.16.1.100:80&id=172.16.1.33:80&word=HTTP_GET",
		} {
			p := b.get(path).must(t, 200)
			if strings.Contains(p.body, "[ui.") || strings.Contains(p.body, "[directive.") {
				t.Errorf("%s in %s lacks a word", path, lang)
			}
			if len(p.body) > 150<<10 {
				t.Errorf("%s has %d bytes", path, len(p.body))
			}
		}
	}
}

func TestTheMembersOfASyncGroupArePicked(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	p := b.get("/objects/groups/new").must(t, 200, `name="f.group" value="VI_1"`)
	form := sent(t, p, url.Values{"name": {"G"}, "f.group": {"", "VI_1"}, "do": {"save"}})
	b.post("/objects/groups/new", form).must(t, 200, `id="plan"`)
	if text := candidateText(t, b); !strings.Contains(text, "vrrp_sync_group G {\n    group {\n        VI_1\n    }\n}\n") {
		t.Error(text)
	}
	p = b.get("/objects/groups/edit?id=G").must(t, 200, `name="f.group" value="VI_1" checked`)
	form = sent(t, p, url.Values{"name": {"G"}, "f.group": {""}, "do": {"preview"}})
	if p = b.post("/objects/groups/edit", form).must(t, 200); strings.Contains(p.body, "        VI_1\n    }") && !strings.Contains(p.body, `class="minus"`) {
		t.Error("a member that is not picked stays")
	}
}

func TestObjectsThatArePickedAreDisabledAndDeletedTogether(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	p := b.get("/objects/servers").must(t, 200, `form="bulk"`)
	var picked []string
	for _, part := range strings.Split(p.body, `form="bulk" value="`)[1:] {
		value, _, _ := strings.Cut(part, `"`)
		picked = append(picked, strings.ReplaceAll(value, "&amp;", "&"))
	}
	if len(picked) != 2 {
		t.Fatal(picked)
	}
	b.post("/objects/servers/act", url.Values{"many": {"yes"}, "pick": picked, "do": {"disable"}}).must(t, 200, `id="plan"`)
	if text := candidateText(t, b); strings.Count(text, "#~ ") != 10 {
		t.Error(text)
	}
	b.post("/objects/servers/act", url.Values{"many": {"yes"}, "pick": picked, "do": {"enable"}}).must(t, 200, `id="plan"`)
	if text := candidateText(t, b); text != seed {
		t.Error(text)
	}
	b.post("/objects/servers/act", url.Values{"many": {"yes"}, "pick": picked, "do": {"remove"}}).must(t, 200, `id="plan"`)
	if text := candidateText(t, b); strings.Contains(text, "real_server") {
		t.Error(text)
	}
	b.post("/objects/servers/act", url.Values{"many": {"yes"}, "do": {"remove"}}).must(t, 422, `data-fault="nothing-picked"`)
}
