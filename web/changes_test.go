package web_test

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"holdfast/engine/model"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// form reads the hidden fields of the form with this id.
func (p page) form(t *testing.T, id string) url.Values {
	t.Helper()
	_, rest, found := strings.Cut(p.body, `id="`+id+`"`)
	if !found {
		t.Fatalf("%s has no form %s\n%s", p.path, id, p.body)
	}
	rest, _, _ = strings.Cut(rest, "</form>")
	values := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(rest, -1) {
		values.Set(m[1], m[2])
	}
	return values
}

// propose saves text as the candidate and gives the page with its plan.
func propose(t *testing.T, b *browser, text string) page {
	t.Helper()
	form := b.get("/changes").form(t, "edit-form")
	form.Set("text", text)
	return b.post("/changes/candidate", form).must(t, 200)
}

// apply orders what the page offers.
func apply(t *testing.T, b *browser, p page, more url.Values) page {
	t.Helper()
	form := p.form(t, "apply-form")
	for k, v := range more {
		form[k] = v
	}
	return b.post("/changes/apply", form)
}

var moreWeight = strings.Replace(seed, "weight 2", "weight 3", 1)

func TestATextIsCheckedPlannedAppliedAndKept(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	p := propose(t, b, moreWeight).must(t, 200,
		"-         weight 2", "&#43;         weight 3",
		"ip address add 172.16.1.100/32 dev eth0", `data-plan="vrrp"`, `data-plan="lvs"`, "Apply 1 kernel operation", "Unapplied change")
	got := apply(t, b, p, url.Values{"note": {"more for web2"}}).must(t, 200,
		"Keep it within 60 seconds", `data-outcome="applied"`, "Waits to be kept", "more for web2", `id="keep"`)
	if strings.Contains(got.body, "Unapplied change") {
		t.Error("the candidate is still there")
	}
	b.get("/events").must(t, 200, `id="keep"`, `data-left="`) // the bar is on every page
	b.post("/changes/confirm", got.form(t, "confirm")).must(t, 200, "The configuration is kept", `data-outcome="kept"`)
	for _, r := range []*fakeRole{h.lvs, h.vrrp} {
		text, _ := r.Config()
		if text != moreWeight || !r.until.IsZero() {
			t.Errorf("%s does not keep the text", r.name)
		}
	}
	b.get("/system/audit").must(t, 200, `data-action="commit"`, `data-action="revision-applied"`, `data-action="revision-kept"`)
}

func TestFindingsStandBesideTheirLine(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	text := strings.Replace(seed, "    protocol TCP\n", "    nat_mask 255.255.0.0\n    protocol TCP\n", 1)
	propose(t, b, text).must(t, 200, `data-finding="`, `data-line="15"`, "line 15, column 5", "<mark>nat_mask</mark>")
}

func TestATextWithAnErrorIsNeitherPlannedNorApplied(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	p := propose(t, b, "vrrp_instance VI_1 {\n    virtual_router_id 51\n}\n")
	p.must(t, 200, `class="error" data-finding="`, "A text with errors is not planned")
	if strings.Contains(p.body, `id="apply-form"`) {
		t.Error("it could be applied")
	}
	var problem struct{ Code string }
	b.call(http.MethodPost, "/apply", map[string]any{}, &problem)
	if problem.Code != "invalid" {
		t.Errorf("the API says %q, want invalid", problem.Code)
	}
}

func TestAChangeNobodyKeepsIsTakenBackAndMarked(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.working()
	for _, r := range []*fakeRole{h.lvs, h.vrrp} {
		r.set(func(f *fakeRole) { f.window = 1500 * time.Millisecond })
	}
	b := h.admin()
	apply(t, b, propose(t, b, moreWeight), nil).must(t, 200, `data-outcome="applied"`)
	h.await("the change to be marked as taken back", func() bool {
		return strings.Contains(b.get("/changes").body, `data-outcome="reverted"`)
	})
	b.get("/changes").must(t, 200, "nobody kept it in time")
	if text, _ := h.vrrp.Config(); text != seed {
		t.Error("the old text does not run")
	}
}

func TestAChangeIsTakenBackAtOnce(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	got := apply(t, b, propose(t, b, moreWeight), nil).must(t, 200)
	back := b.post("/changes/revert", got.form(t, "confirm")).must(t, 200, "The configuration was taken back", `data-outcome="reverted"`, "by the operator")
	if strings.Contains(back.body, `id="keep"`) {
		t.Error("it still waits")
	}
	// The same order again changes nothing and is no error.
	b.post("/changes/revert", got.form(t, "confirm")).must(t, 200)
	b.post("/changes/confirm", got.form(t, "confirm")).must(t, 409, `data-fault="nothing-pending"`)
}

func TestIfTheSecondRoleRefusesTheFirstGoesBack(t *testing.T) {
	h := open(t)
	h.working()
	h.vrrp.set(func(f *fakeRole) { f.refuse = errors.New("no such device") })
	b := h.admin()
	apply(t, b, propose(t, b, moreWeight), nil).must(t, 502, `data-fault="role-failed"`, "no such device", `data-outcome="refused"`, "weight 3")
	if text, _ := h.lvs.Config(); text != seed {
		t.Error("the lvs role still runs the refused text")
	}
	if got := strings.Join(h.lvs.calls, " "); got != "apply revert" {
		t.Errorf("the lvs role was asked %q", got)
	}
	b.get("/changes").must(t, 200, "Unapplied change", "weight 3") // what was typed is not lost
}

func TestARoleThatFailsHalfWayGoesBackToo(t *testing.T) {
	h := open(t)
	h.working()
	h.vrrp.set(func(f *fakeRole) { f.half = true })
	b := h.admin()
	apply(t, b, propose(t, b, moreWeight), nil).must(t, 502, `data-fault="role-failed"`, "the disk is full", `data-outcome="refused"`)
	for _, r := range []*fakeRole{h.lvs, h.vrrp} {
		if text, _ := r.Config(); text != seed {
			t.Errorf("the %s role still runs the refused text", r.name)
		}
	}
}

func TestAConfirmationIsRepeatedUntilTheRoleTakesIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.working()
	b := h.admin()
	got := apply(t, b, propose(t, b, moreWeight), nil).must(t, 200)
	h.vrrp.set(func(f *fakeRole) { f.deaf = 2 })
	b.post("/changes/confirm", got.form(t, "confirm")).must(t, 200, "The configuration is kept", `data-outcome="kept"`)
	if text, _ := h.vrrp.Config(); text != moreWeight || !h.vrrp.until.IsZero() {
		t.Error("the vrrp role does not keep the text")
	}
}

func TestNothingIsKeptWhileARoleIsAway(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	got := apply(t, b, propose(t, b, moreWeight), nil).must(t, 200)
	h.stopVRRP()
	b.post("/changes/confirm", got.form(t, "confirm")).must(t, 503, `data-fault="role-away"`)
	if got := strings.Join(h.lvs.calls, " "); got != "apply" {
		t.Errorf("the lvs role was asked %q", got)
	}
}

func TestATextThatIsKeptInOneRoleOnlyIsCalledSplit(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.working()
	h.vrrp.set(func(f *fakeRole) { f.window = 1500 * time.Millisecond })
	b := h.admin()
	got := apply(t, b, propose(t, b, moreWeight), nil).must(t, 200)
	h.vrrp.set(func(f *fakeRole) { f.deaf = 1000 })
	b.post("/changes/confirm", got.form(t, "confirm")).must(t, 502, `data-fault="half-kept"`)
	h.await("the split to be named", func() bool {
		return strings.Contains(b.get("/changes").body, `data-outcome="split"`)
	})
	b.get("/changes").must(t, 200, "the two roles run different texts")
}

func TestTheSameOrderTwiceIsDoneOnce(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	p := propose(t, b, moreWeight)
	apply(t, b, p, nil).must(t, 200)
	apply(t, b, p, nil).must(t, 200, `data-revision="2"`)
	if got := strings.Join(h.lvs.calls, " "); got != "apply" {
		t.Errorf("the lvs role was asked %q", got)
	}
	if got := b.get("/changes"); strings.Contains(got.body, `data-revision="3"`) {
		t.Error("the order made two revisions")
	}
}

func TestTakingAwayMoreThanHalfAsksForAYes(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	p := propose(t, b, "! nothing left\n").must(t, 200, "This takes away more than half", `name="yes"`)
	apply(t, b, p, nil).must(t, 422, `data-fault="needs-yes"`)
	if len(h.lvs.calls) != 0 {
		t.Errorf("the lvs role was asked %v", h.lvs.calls)
	}
	apply(t, b, p, url.Values{"yes": {"yes"}}).must(t, 200, `data-outcome="applied"`)
}

func TestAPlanThatIsOldIsNotCarriedOut(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	p := propose(t, b, moreWeight)
	h.vrrp.set(func(f *fakeRole) { f.text = seed + "# changed by hand\n" })
	apply(t, b, p, nil).must(t, 409, `data-fault="running-changed"`)
	if len(h.lvs.calls)+len(h.vrrp.calls) != 0 {
		t.Error("a role was asked")
	}
	b.get("/changes").must(t, 200, "The two roles run different configurations")
}

func TestWhileAChangeWaitsNoOtherIsApplied(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	apply(t, b, propose(t, b, moreWeight), nil).must(t, 200)
	p := propose(t, b, strings.Replace(seed, "weight 2", "weight 9", 1))
	apply(t, b, p, nil).must(t, 409, `data-fault="pending"`)
}

func TestRollingBackMakesANewRevisionOfTheOldText(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	b.post("/changes/adopt", nil).must(t, 200, "is a revision now", `data-revision="1"`)
	got := apply(t, b, propose(t, b, moreWeight), nil).must(t, 200)
	b.post("/changes/confirm", got.form(t, "confirm")).must(t, 200, `data-rollback="1"`)

	p := b.get("/changes/revisions/1").must(t, 200, "Roll back with", "-         weight 3", "&#43;         weight 2")
	form := p.form(t, "apply-form")
	got = b.post("/changes/revisions/1/run", form).must(t, 200, `data-revision="3"`, `data-outcome="applied"`)
	b.post("/changes/confirm", got.form(t, "confirm")).must(t, 200)
	if text, _ := h.vrrp.Config(); text != seed {
		t.Error("the old text does not run")
	}
	var list []struct {
		Number  int64
		Hash    string
		Outcome string
	}
	b.call(http.MethodGet, "/revisions", nil, &list)
	if len(list) != 3 || list[0].Hash != list[2].Hash || list[0].Outcome != "kept" {
		t.Errorf("history is %+v", list)
	}
	b.post("/changes/revisions/1/run", form).must(t, 200) // again: it runs already
	if len(h.lvs.calls) != 4 {
		t.Errorf("the lvs role was asked %v", h.lvs.calls)
	}
}

func TestARunningTextFromElsewhereIsShownAndAdopted(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	b.get("/changes").must(t, 200, "none of the revisions here", `id="adopt"`)
	b.post("/changes/adopt", nil).must(t, 200, "Revision 1 runs", `data-outcome="kept"`)
	b.post("/changes/adopt", nil).must(t, 200)
	if got := b.get("/changes"); strings.Contains(got.body, `data-revision="2"`) {
		t.Error("it was adopted twice")
	}
}

func TestTheTextComesBackByteForByte(t *testing.T) {
	h := open(t)
	b := h.admin()
	for _, text := range []string{"\n\nglobal_defs {\n}\n", "a # 注释\n\tb\n", "no newline at the end", "<textarea>&amp;</textarea>\n"} {
		form := b.get("/changes").form(t, "edit-form")
		form.Set("text", strings.ReplaceAll(text, "\n", "\r\n")) // as a browser sends it
		b.post("/changes/candidate", form).must(t, 200)
		if got := b.get("/changes/text"); got.body != text {
			t.Errorf("saved %q, got %q", text, got.body)
		}
	}
}

func TestAFileIsImportedByteForByte(t *testing.T) {
	h := open(t)
	b := h.admin()
	send := func(text string) page {
		form := b.get("/changes").form(t, "import-form")
		form.Set("replace", "yes")
		return sendFile(t, b, "/changes/import", form, text)
	}
	dos := "global_defs {\r\n}\r\n"
	send(dos).must(t, 200)
	if got := b.get("/changes/text"); got.body != dos {
		t.Errorf("imported %q, got %q", dos, got.body)
	}
	// Editing it in the browser keeps its line ends.
	form := b.get("/changes").form(t, "edit-form")
	form.Set("text", dos+"! more\r\n")
	b.post("/changes/candidate", form).must(t, 200)
	if got := b.get("/changes/text"); got.body != dos+"! more\r\n" {
		t.Errorf("got %q", got.body)
	}
	send("\xff\xfe\x00").must(t, 422, `data-fault="not-text"`)
}

func TestTwoEditorsDoNotOverwriteEachOtherUnawares(t *testing.T) {
	h := open(t)
	b := h.admin()
	form := b.get("/changes").form(t, "edit-form")
	propose(t, b, "! the first\n")
	form.Set("text", "! the second\n")
	got := b.post("/changes/candidate", form).must(t, 409, `data-fault="edited-meanwhile"`, "! the second", "admin has changed")
	form = got.form(t, "edit-form")
	form.Set("text", "! the second\n")
	b.post("/changes/candidate", form).must(t, 200, "! the second")

	seen := b.get("/changes").form(t, "edit-form")
	propose(t, b, "! the third\n")
	b.post("/changes/discard", seen).must(t, 409, `data-fault="conflict"`, "! the third")
	b.post("/changes/discard", nil).must(t, 409, "! the third")
	b.post("/changes/discard", b.get("/changes").form(t, "edit-form")).must(t, 200, "The change was discarded")
}

func TestTheHistoryKnowsHashes(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	b.post("/changes/adopt", nil).must(t, 200)
	b.get("/changes/revisions/1").must(t, 200, model.Hash([]byte(seed)), "Running")
	if got := b.get("/changes/revisions/1/text"); got.body != seed {
		t.Error("the download differs")
	}
}

func TestATextThatAsksForNoOperationIsNotCalledApplied(t *testing.T) {
	h := open(t)
	h.working()
	h.vrrp.set(func(f *fakeRole) { f.plan = nil })
	b := h.admin()
	p := propose(t, b, seed+"! a comment\n").must(t, 200, "Put in force, with nothing to do in the kernel")
	got := apply(t, b, p, nil).must(t, 200, `data-said="in-force"`, "there was nothing to do in the kernel. Keep it within 60 seconds")
	if strings.Contains(got.body, "Applied") {
		t.Error("it is called applied")
	}
	b.get("/system/audit").must(t, 200, "Revision put in force")
	b.post("/changes/confirm", got.form(t, "confirm")).must(t, 200)
	var done struct {
		Changed    bool
		Operations *int
	}
	b.call(http.MethodPut, "/candidate", map[string]any{"text": seed + "! another\n", "version": 0}, nil).must(t, 200)
	b.call(http.MethodPost, "/apply", map[string]any{}, &done).must(t, 200)
	if !done.Changed || done.Operations == nil || *done.Operations != 0 {
		t.Errorf("the API says %+v", done)
	}
}
