package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"holdfast/engine/model"
	"holdfast/store"
)

const lines = "! a\n! b\n! c\n! d\n! e\n"

// both is a text that two editors have open, and the form of each.
func both(t *testing.T, h *house, text string) (kim, lee *browser, first, second url.Values) {
	kim, lee = h.member("kim", store.Editor), h.member("lee", store.Editor)
	propose(t, kim, text)
	return kim, lee, kim.get("/changes").form(t, "edit-form"), lee.get("/changes").form(t, "edit-form")
}

func save(t *testing.T, b *browser, form url.Values, text string) page {
	t.Helper()
	form.Set("text", text)
	return b.post("/changes/candidate", form)
}

func TestChangesOfTwoEditorsInDifferentPlacesArePutTogether(t *testing.T) {
	h := open(t)
	kim, lee, first, second := both(t, h, lines)
	save(t, kim, first, strings.Replace(lines, "! a", "! kim", 1)).must(t, 200)
	p := save(t, lee, second, strings.Replace(lines, "! e", "! lee", 1)).must(t, 409, `data-fault="merged-meanwhile"`, "kim has changed", `id="meanwhile"`, "! kim\n! b\n! c\n! d\n! lee\n</textarea>")
	if got := lee.get("/changes/text"); strings.Contains(got.body, "lee") {
		t.Error("it was saved unasked")
	}
	save(t, lee, p.form(t, "edit-form"), "! kim\n! b\n! c\n! d\n! lee\n").must(t, 200)
	if got := lee.get("/changes/text"); got.body != "! kim\n! b\n! c\n! d\n! lee\n" {
		t.Errorf("saved %q", got.body)
	}
	lee.get("/changes").must(t, 200, `data-draft="1"`) // what kim saved
}

func TestWhatBothChangedIsShownSideBySideAndNothingIsChosen(t *testing.T) {
	h := open(t)
	kim, lee, first, second := both(t, h, lines)
	save(t, kim, first, "! a\n! kim\n! c\n! d\n! e\n! end\n").must(t, 200)
	mine := "! begin\n! a\n! lee\n! c\n! d\n! e\n"
	p := save(t, lee, second, mine).must(t, 409, `data-fault="edited-meanwhile"`, `data-place="0"`, "From line 2 on", mine+"</textarea>")
	for side, line := range map[string]string{"base": "! b", "theirs": "! kim", "mine": "! lee"} {
		_, rest, _ := strings.Cut(p.body, `data-place="0"`)
		_, rest, _ = strings.Cut(rest, `data-side="`+side+`"`)
		if shown, _, _ := strings.Cut(rest, "</div>"); !strings.Contains(shown, line) {
			t.Errorf("the side %s shows %s", side, shown)
		}
	}
	if strings.Contains(p.body, " checked") {
		t.Error("something is chosen already")
	}
	form := p.form(t, "edit-form")
	form.Set("text", mine)
	p = lee.post("/changes/merge", form).must(t, 422, `data-fault="choose-each"`, mine+"</textarea>")
	form = p.form(t, "edit-form")
	form.Set("text", mine)
	form.Set("place-0", "both")
	lee.post("/changes/merge", form).must(t, 200, "This replaces kim&#39;s text")
	if got := lee.get("/changes/text"); got.body != "! begin\n! a\n! kim\n! lee\n! c\n! d\n! e\n! end\n" {
		t.Errorf("saved %q", got.body)
	}
}

func TestAThirdSaveWhileTwoAreMergedIsSeenToo(t *testing.T) {
	h := open(t)
	kim, lee, first, second := both(t, h, lines)
	save(t, kim, first, strings.Replace(lines, "! b", "! kim", 1)).must(t, 200)
	mine := strings.Replace(lines, "! b", "! lee", 1)
	form := save(t, lee, second, mine).must(t, 409).form(t, "edit-form")
	propose(t, kim, strings.Replace(lines, "! b", "! kim again", 1))
	form.Set("text", mine)
	form.Set("place-0", "mine")
	lee.post("/changes/merge", form).must(t, 409, `data-fault="edited-meanwhile"`, "! kim again")
}

func TestATextThatWasAppliedOrDiscardedMeanwhileIsNotSavedUnawares(t *testing.T) {
	h := open(t)
	h.working()
	kim, lee, first, second := both(t, h, moreWeight)
	kim.post("/changes/discard", first).must(t, 200)
	p := save(t, lee, second, moreWeight+"! lee\n").must(t, 409, `data-fault="gone-meanwhile"`, "! lee\n</textarea>")
	save(t, lee, p.form(t, "edit-form"), moreWeight+"! lee\n").must(t, 200)
}

// Nobody had saved a text when the second editor opened, and nobody has one open when
// it saves: the versions are equal, what runs is not.
func TestASaveDoesNotUndoWhatAnotherEditorAppliedMeanwhile(t *testing.T) {
	h := open(t)
	h.working()
	kim, lee := h.admin(), h.member("lee", store.Editor)
	began, form := lee.get("/changes/text").body, lee.get("/changes").form(t, "edit-form")
	got := apply(t, kim, propose(t, kim, moreWeight), nil).must(t, 200)
	kim.post("/changes/confirm", got.form(t, "confirm")).must(t, 200)

	lee.call(http.MethodPut, "/candidate", map[string]any{"text": began + "! lee\n", "version": 0, "base": form.Get("base")}, nil).must(t, 409, "weight 3", `"merged":`)
	p := save(t, lee, form, began+"! lee\n").must(t, 409, `data-fault="applied-meanwhile"`, "weight 3", "! lee\n</textarea>")
	save(t, lee, p.form(t, "edit-form"), moreWeight+"! lee\n").must(t, 200)
}

func TestTheAPISaysWhatWasMadeOfATextMeanwhile(t *testing.T) {
	h := open(t)
	kim, lee := h.member("kim", store.Editor), h.member("lee", store.Editor)
	put := func(b *browser, text string, version int, out any) page {
		return b.call(http.MethodPut, "/candidate", map[string]any{"text": text, "version": version}, out)
	}
	put(kim, lines, 0, nil).must(t, 200, `"hash":"`+model.Hash([]byte(lines)))
	put(kim, strings.Replace(lines, "! a", "! kim", 1), 1, nil).must(t, 200)
	var p struct {
		Code      string
		Meanwhile struct {
			BaseHash string `json:"base_hash"`
			Theirs   struct {
				Text, Hash, Author string
				Version            int
			}
			Merged    *string
			Conflicts []struct {
				Line                int
				Base, Theirs, Yours string
			}
		}
	}
	put(lee, strings.Replace(lines, "! e", "! lee", 1), 1, &p).must(t, 409)
	m := p.Meanwhile
	if p.Code != "conflict" || m.BaseHash != model.Hash([]byte(lines)) || m.Theirs.Author != "kim" || m.Theirs.Version != 2 ||
		m.Theirs.Hash != model.Hash([]byte(m.Theirs.Text)) || m.Merged == nil || *m.Merged != "! kim\n! b\n! c\n! d\n! lee\n" || len(m.Conflicts) != 0 {
		t.Errorf("the answer is %+v", p)
	}
	put(lee, strings.Replace(lines, "! a", "! lee", 1), 1, &p).must(t, 409)
	if m := p.Meanwhile; len(m.Conflicts) != 1 || m.Conflicts[0].Base != "! a\n" || m.Conflicts[0].Theirs != "! kim\n" || m.Conflicts[0].Yours != "! lee\n" {
		t.Errorf("the conflicts are %+v", m.Conflicts)
	}
	put(lee, *m.Merged, m.Theirs.Version, nil).must(t, 200, `"replaced":{`)
	// Without what both began with all of both is one conflict.
	got := lee.call(http.MethodPut, "/candidate", map[string]any{"text": "! x\n", "version": 0}, nil).must(t, 409, `"base_hash":""`, `"yours":"! x\n"`)
	if strings.Contains(got.body, `"merged"`) {
		t.Error("something is merged")
	}
	lee.call(http.MethodPut, "/candidate", map[string]any{"text": strings.Replace(lines, "! c\n", "! c\n! x\n", 1), "version": 0, "base": model.Hash([]byte(lines))}, nil).
		must(t, 409, `"merged":"! kim\n! b\n! c\n! x\n! d\n! lee\n"`)
}

func TestAPageOfManyConflictsIsNotMuchLongerThanItsTexts(t *testing.T) {
	h := open(t)
	text := func(who string) string {
		var b strings.Builder
		for i := range 30 {
			fmt.Fprintf(&b, "! place %d\n", i)
			for range 20 {
				b.WriteString("! " + who + strings.Repeat(`"'<&`, 100) + "\n")
			}
		}
		return b.String()
	}
	kim, lee, first, second := both(t, h, text("base"))
	save(t, kim, first, text("kim")).must(t, 200)
	mine := text("lee")
	p := save(t, lee, second, mine).must(t, 409, `data-place="29"`)
	if most := 4*len(mine) + 2_000_000; len(p.body) > most {
		t.Errorf("a page of %d bytes from %d", len(p.body), len(mine))
	}
}
