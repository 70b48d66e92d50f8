package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"holdfast/store"
)

func TestAReplacedTextIsNamedAndKeptAsADraft(t *testing.T) {
	h := open(t)
	h.working()
	kim, lee := h.member("kim", store.Admin), h.member("lee", store.Editor)
	propose(t, kim, moreWeight)
	p := lee.get("/changes").must(t, 200, "Replace kim&#39;s text of ")
	form := p.form(t, "import-form")
	form.Set("replace", "yes")
	got := sendFile(t, lee, "/changes/import", form, "! another\n").must(t, 200,
		"This replaces kim&#39;s text of ", `<a href="/changes/drafts/1?with=candidate#difference">difference</a>`, `data-draft="1"`)
	if !strings.HasPrefix(got.path, "/changes?replaced=1") {
		t.Errorf("it led to %s", got.path)
	}
	lee.get("/changes/drafts/1?with=candidate").must(t, 200, "- ! another", "&#43;         weight 3", `data-back`)
	lee.get("/changes/drafts/1?with=running").must(t, 200, "-         weight 2", "&#43;         weight 3")
	if got := lee.get("/changes/drafts/1/text"); got.body != moreWeight {
		t.Errorf("the draft is %q", got.body)
	}
}

func TestAnImportShowsTheDifferenceToWhatItWouldReplace(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	propose(t, b, moreWeight)
	for _, p := range []page{
		b.post("/import", url.Values{"text": {seed}}),
		b.post("/import/pair", url.Values{"one-text": {seed}, "one-node": {"lb1"}, "other-text": {seed}, "other-node": {"lb2"}}),
	} {
		p.must(t, 200, `id="replacing"`, `<a href="#replacing">`, "-         weight 3", "&#43;         weight 2")
		form := url.Values{"version": {"1"}, "replace": {"yes"}}
		path, _, _ := strings.Cut(p.path, "?")
		if strings.HasPrefix(path, "/import/texts/") {
			b.post(path+"/candidate", form).must(t, 200, "This replaces admin&#39;s text", `href="/changes/drafts/1`)
			form = b.get("/changes").form(t, "edit-form")
			form.Set("text", moreWeight)
			b.post("/changes/candidate", form).must(t, 200)
		}
	}
}

func TestAnEditOfOnesOwnTextIsNoDraftAndOfAnothersIs(t *testing.T) {
	h := open(t)
	kim, lee := h.member("kim", store.Editor), h.member("lee", store.Editor)
	propose(t, kim, "! one\n")
	if p := propose(t, kim, "! two\n"); strings.Contains(p.body, "data-draft") {
		t.Error("what one types on is kept")
	}
	propose(t, lee, "! three\n").must(t, 200, "This replaces kim&#39;s text", `data-draft="1"`)
}

func TestADraftIsOpenedRenamedAndDeleted(t *testing.T) {
	h := open(t)
	h.working()
	kim, lee := h.member("kim", store.Editor), h.member("lee", store.Editor)
	propose(t, kim, moreWeight)
	propose(t, lee, seed+"! lee\n")
	lee.post("/changes/drafts/1/rename", url.Values{"name": {" before <the> move "}}).must(t, 200, "before &lt;the&gt; move", "The name of the draft was changed")
	lee.post("/changes/drafts/1/rename", url.Values{"name": {"a\nb"}}).must(t, 422, `data-fault="draft-name"`)
	form := lee.get("/changes/drafts/1").form(t, "open-form")
	lee.post("/changes/drafts/1/open", form).must(t, 409, `data-fault="candidate-waits"`)
	form.Set("replace", "yes")
	lee.post("/changes/drafts/1/open", form).must(t, 200, "This replaces lee&#39;s text", "weight 3", `data-draft="2"`)
	if got := lee.get("/changes/text"); got.body != moreWeight {
		t.Errorf("the editor has %q", got.body)
	}
	lee.post("/changes/drafts/2/rename", url.Values{"name": {"Before <the> move"}}).must(t, 409, `data-fault="draft-name-taken"`)
	lee.post("/changes/drafts/1/delete", nil).must(t, 200, "The draft was deleted")
	lee.get("/changes/drafts/1").must(t, 404)
	lee.post("/changes/drafts/1/open", form).must(t, 404)
	h.member("vic", store.Viewer).post("/changes/drafts/2/delete", nil).must(t, 403)
}

func TestADraftThatMadeRoomIsNamed(t *testing.T) {
	h := open(t)
	b := h.admin()
	var saved struct {
		Version  int
		Replaced *struct{ ID int }
		Gone     []struct{ ID int }
	}
	for i := range store.KeepDrafts + 1 {
		b.call(http.MethodPut, "/candidate", map[string]any{"text": fmt.Sprint("! ", i, "\n"), "version": saved.Version, "keep": true}, &saved).must(t, 200)
	}
	form := b.get("/changes").form(t, "import-form")
	form.Set("replace", "yes")
	sendFile(t, b, "/changes/import", form, "! another\n").must(t, 200, "the oldest draft without a name was deleted")
	for i := range store.KeepDrafts {
		name := map[string]string{"name": fmt.Sprint("n", i)}
		b.call(http.MethodPut, fmt.Sprint("/drafts/", i+2, "/name"), name, nil).must(t, 204)
	}
	form.Set("version", b.get("/changes").form(t, "import-form").Get("version"))
	sendFile(t, b, "/changes/import", form, "! too many\n").must(t, 409, `data-fault="drafts-full"`, "20 drafts with names")
	if got := b.get("/changes/text"); got.body != "! another\n" {
		t.Errorf("the waiting text is %q", got.body)
	}
}

func TestTheAPIListsComparesOpensAndDeletesDrafts(t *testing.T) {
	h := open(t)
	h.working()
	kim, lee := h.member("kim", store.Editor), h.member("lee", store.Editor)
	kim.call(http.MethodPut, "/candidate", map[string]any{"text": moreWeight, "version": 0}, nil).must(t, 200)
	lee.call(http.MethodPut, "/candidate", map[string]any{"text": seed, "version": 1}, nil).must(t, 200, `"replaced":{"id":1,"name":""`, `"author":"kim"`, `"by":"lee"`)
	lee.call(http.MethodGet, "/drafts", nil, nil).must(t, 200, `"id":1`, `"size":`)
	lee.call(http.MethodGet, "/drafts/1", nil, nil).must(t, 200, "weight 3")
	for _, with := range []string{"", "?with=running", "?with=candidate"} {
		lee.call(http.MethodGet, "/drafts/1/difference"+with, nil, nil).must(t, 200, `"op":"-"`, "weight 2", `"op":"+"`, "weight 3")
	}
	lee.call(http.MethodGet, "/drafts/1/difference?with=1", nil, nil).must(t, 200, "[]")
	lee.call(http.MethodGet, "/drafts/1/difference?with=7", nil, nil).must(t, 404)
	lee.call(http.MethodGet, "/drafts/1/difference?with=x", nil, nil).must(t, 404)
	lee.call(http.MethodPost, "/drafts/1/open", map[string]int{"version": 1}, nil).must(t, 409)
	lee.call(http.MethodPost, "/drafts/1/open", map[string]int{"version": 2}, nil).must(t, 200, "weight 3", `"replaced":{"id":2`)
	lee.call(http.MethodDelete, "/drafts/2", nil, nil).must(t, 204)
	lee.call(http.MethodDelete, "/drafts/2", nil, nil).must(t, 404)
}
