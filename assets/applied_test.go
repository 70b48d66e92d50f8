package assets_test

import (
	"strings"
	"testing"

	"holdfast/assets"
)

// done are the words, in each language, that say that something was carried out.
var done = map[string][]string{"en": {"pplied"}, "zh-CN": {"已应用", "应用了"}}

// undone are the words about a text that is in force and asked for no operation.
var undone = []string{"ui.state.in-force", "ui.said.in-force", "ui.said.unchanged", "ui.plan.same", "ui.plan.do-nothing", "ui.plan.back-nothing",
	"ui.kind.applied", "ui.audit.do-revision-applied", "ui.state.applied", "plan.zero", "plan.zero-held", "ui.plan.nothing"}

func TestNothingIsCalledAppliedWithoutAnOperation(t *testing.T) {
	for _, lang := range assets.Langs {
		says := func(what, words string) {
			t.Helper()
			for _, word := range done[lang] {
				if strings.Contains(words, word) {
					t.Errorf("%s, %s: %q", lang, what, words)
				}
			}
			if words == "" || strings.HasPrefix(words, "[") {
				t.Errorf("%s, %s has no words", lang, what)
			}
		}
		for _, id := range undone {
			says(id, assets.Text(lang, id, nil))
		}
		for _, facts := range []map[string]string{
			{"hash": "0123456789", "previous": "abcdef0123", "operations": "0"},
			{"hash": "0123456789", "previous": "0123456789", "operations": "0"},
		} {
			says("the journal", assets.Event(lang, "applied", "", facts))
		}
	}
	same := map[string]string{"hash": "0123456789", "previous": "0123456789", "operations": "0"}
	if got := assets.Event("en", "applied", "", same); got != "Configuration 01234567 is in force, as it was before; there was nothing to do in the kernel" {
		t.Error(got)
	}
	if got := assets.Event("zh-CN", "applied", "", same); got != "配置 01234567 此前已生效；内核无需任何操作" {
		t.Error(got)
	}
	if got := assets.Event("en", "applied", "", map[string]string{"hash": "0123456789", "operations": "7"}); got != "Configuration 01234567 is in force; kernel operations: 7" {
		t.Error(got)
	}
}

// TestEachWordForAppliedIsLookedAt holds every word that says "applied": of each it was
// asked whether it can be said where nothing was done.
func TestEachWordForAppliedIsLookedAt(t *testing.T) {
	looked := map[string]bool{
		"ui.state.set":    true, // an event with operations, else in-force
		"ui.said.applied": true, // an order that had operations carried out, else in-force
	}
	for id, words := range keys(t, "en") {
		if strings.HasPrefix(words, "Applied") && !looked[id] && !strings.HasPrefix(words, "Applied now, it would") {
			t.Errorf("%s says %q: add it here once it is sure that something was done", id, words)
		}
	}
}
