package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/engine/journal"
)

// Each of these is work, or the way back, that an operator must not lose.

func TestTheTextThatRanBeforeTheFirstApplyIsInTheHistory(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	apply(t, b, propose(t, b, moreWeight), nil).must(t, 200,
		`data-revision="1" data-outcome="kept"`, "as found", `data-revision="2" data-outcome="applied"`)
	if got := b.get("/changes/revisions/1/text"); got.body != seed {
		t.Errorf("the text as found is %q", got.body)
	}
}

func TestTheTextsOfRolesThatDifferAreBothKept(t *testing.T) {
	h := open(t)
	h.working()
	other := seed + "# by hand\n"
	h.vrrp.set(func(f *fakeRole) { f.text = other })
	b := h.admin()
	apply(t, b, propose(t, b, moreWeight), nil).must(t, 200)
	if one, two := b.get("/changes/revisions/1/text").body, b.get("/changes/revisions/2/text").body; one != seed || two != other {
		t.Errorf("kept %q and %q", one, two)
	}
}

func TestATextThatRunsAlreadyIsNotAppliedAgain(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	p := propose(t, b, seed).must(t, 200, `id="nothing-to-apply"`)
	if strings.Contains(p.body, `id="apply-form"`) {
		t.Error("it can be applied")
	}
	var got struct {
		Number  int64
		Changed *bool
	}
	b.call(http.MethodPost, "/apply", map[string]any{}, &got).must(t, 200)
	if got.Changed == nil || *got.Changed || got.Number != 0 {
		t.Errorf("the answer is %+v", got)
	}
	p = b.get("/changes")
	if len(h.lvs.calls)+len(h.vrrp.calls) != 0 || strings.Contains(p.body, `data-revision=`) || strings.Contains(p.body, `data-pending=`) {
		t.Error("something was applied")
	}
	if strings.Contains(p.body, "Unapplied change") {
		t.Error("the candidate still waits")
	}
}

func TestAChangeThatIsTakenBackIsADraftAndThePageSaysSo(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	got := apply(t, b, propose(t, b, moreWeight), nil).must(t, 200)
	b.post("/changes/revert", got.form(t, "confirm")).must(t, 200, "Its text is kept below, under Drafts", `href="/changes/drafts/1"`)
	if got := b.get("/changes/drafts/1/text"); got.body != moreWeight {
		t.Errorf("the draft holds %q", got.body)
	}
}

func TestARepeatedRevisionThatIsTakenBackIsNoDraft(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	got := apply(t, b, propose(t, b, moreWeight), nil).must(t, 200)
	b.post("/changes/confirm", got.form(t, "confirm")).must(t, 200)
	got = b.post("/changes/revisions/1/run", b.get("/changes/revisions/1").form(t, "apply-form")).must(t, 200, `data-revision="3" data-outcome="applied"`)
	got = b.post("/changes/revert", got.form(t, "confirm")).must(t, 200, "The configuration was taken back.", `data-outcome="reverted"`)
	if strings.Contains(got.body, "/changes/drafts/") {
		t.Error("a text of the history is a draft, too")
	}
}

func TestAChangeNobodyConfirmedIsToldUntilReadAndIsInTheEditorAgain(t *testing.T) {
	h := open(t)
	h.working()
	for _, r := range []*fakeRole{h.lvs, h.vrrp} {
		r.set(func(f *fakeRole) { f.window = 300 * time.Millisecond })
	}
	b := h.admin()
	apply(t, b, propose(t, b, moreWeight), nil).must(t, 200)
	h.await("the notice", func() bool { return strings.Contains(b.get("/events").body, `data-expired="2"`) })
	b.get("/").must(t, 200, "Revision 2 was not confirmed in time", "Unapplied change")
	if got := b.get("/changes/text"); got.body != moreWeight {
		t.Errorf("the editor holds %q", got.body)
	}
	_, id, _ := strings.Cut(b.get("/").body, `name="read" value="`)
	id, _, _ = strings.Cut(id, `"`)
	if got := b.post("/preferences", url.Values{"read": {id}, "next": {"/"}}); strings.Contains(got.body, "data-expired") {
		t.Error("the notice is still there")
	}
	p := b.get("/changes")
	if strings.Contains(p.body, `data-rollback="2"`) {
		t.Error("a change that was rolled back is offered like one that was kept")
	}
	p.must(t, 200, `data-look="2"`)
	b.get("/changes/revisions/2").must(t, 200, `data-bad="reverted"`)
}

func TestEachRunHasARevisionOfItsOwn(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	got := apply(t, b, propose(t, b, moreWeight), nil)
	b.post("/changes/revert", got.form(t, "confirm")).must(t, 200, `data-revision="2" data-outcome="reverted"`)
	form := b.get("/changes/revisions/2").form(t, "apply-form")
	got = b.post("/changes/revisions/2/run", form).must(t, 200, `data-revision="3" data-outcome="applied"`, `data-revision="2" data-outcome="reverted"`)
	b.post("/changes/confirm", got.form(t, "confirm")).must(t, 200,
		`data-revision="2" data-outcome="reverted"`, `data-same="3"`, "same text as revision 3")
}

func TestAnImportReplacesAWaitingTextOnlyWithAWord(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	p := propose(t, b, moreWeight).must(t, 200, `name="replace"`)
	send := func(more url.Values) page {
		form := p.form(t, "edit-form")
		for k, v := range more {
			form[k] = v
		}
		return sendFile(t, b, "/changes/import", form, "! another\n")
	}
	send(nil).must(t, 409, `data-fault="candidate-waits"`)
	if got := b.get("/changes/text"); got.body != moreWeight {
		t.Errorf("the waiting text is %q", got.body)
	}
	send(url.Values{"replace": {"yes"}}).must(t, 200)
	if got := b.get("/changes/text"); got.body != "! another\n" {
		t.Errorf("the waiting text is %q", got.body)
	}
}

// sendFile sends a form with one file as a browser does.
func sendFile(t *testing.T, b *browser, path string, form url.Values, text string) page {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name := range form {
		if err := w.WriteField(name, form.Get(name)); err != nil {
			t.Fatal(err)
		}
	}
	f, err := w.CreateFormFile("file", "keepalived.conf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := b.request(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(r)
}

func TestTheHistoryTellsWhenWhatWasKeptRunsNoMore(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		lost    []string // the roles that lost the confirmation
		outcome string
		words   string
	}{
		"one role":   {[]string{"vrrp"}, "split", "the two roles run different texts"},
		"both roles": {[]string{"vrrp", "lvs"}, "reverted", "both roles went back"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.working()
			b := h.admin()
			p := apply(t, b, propose(t, b, moreWeight), nil)
			b.post("/changes/confirm", p.form(t, "confirm")).must(t, 200, `data-revision="2" data-outcome="kept"`)
			for _, r := range []*fakeRole{h.vrrp, h.lvs} {
				if slices.Contains(row.lost, r.name) {
					r.set(func(f *fakeRole) { f.text = f.before })
				}
			}
			h.tell(journal.Entry{Seq: 1, Node: "dir1", Role: "vrrp", At: time.Now(), Kind: journal.Started})
			h.await("the history", func() bool {
				return strings.Contains(b.get("/changes").body, `data-revision="2" data-outcome="`+row.outcome+`"`)
			})
			b.get("/changes").must(t, 200, row.words)
		})
	}
}
