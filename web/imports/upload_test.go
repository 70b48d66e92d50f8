package imports

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"holdfast/engine/convert"
	"holdfast/engine/explain"
	"holdfast/engine/model"
)

func TestAnIncludeReadsTheFilesThatFitTheEndOfItsPath(t *testing.T) {
	u := Upload{Included: []File{{"b.conf", "b"}, {"a.conf", "a"}, {"web/a.conf", "wa"}, {"a.txt", "t"}}}
	for pattern, want := range map[string]string{
		"a.conf":                       "a",
		"/etc/keepalived/a.conf":       "a",
		"conf.d/*.conf":                "a b",
		"/etc/keepalived/web/*.conf":   "a b wa",
		"web/a.conf":                   "a wa",
		"{a,b}.conf":                   "a b",
		"none.conf":                    "",
		"[":                            "syntax error in pattern",
		"/etc/keepalived/conf.d/*.txt": "t",
	} {
		read := newReader(u).reading(model.Facts{})("lb1").Files
		sources, err := read(pattern, "keepalived.conf")
		var got []string
		for _, s := range sources {
			got = append(got, string(s.Text))
		}
		said := strings.Join(got, " ")
		if err != nil {
			said = err.Error()
		}
		if said != want {
			t.Errorf("%s reads %q, want %q", pattern, said, want)
		}
	}
}

func TestIncludesOfOneFileManyTimesEnd(t *testing.T) {
	read := newReader(Upload{Included: []File{{"a.conf", strings.Repeat("!", MostBytes)}}}).reading(model.Facts{})("lb1").Files
	var err error
	n := 0
	for ; err == nil && n < 100; n++ {
		_, err = read("a.conf", "keepalived.conf")
	}
	if err == nil || n != 5 {
		t.Errorf("%d readings, then %v", n, err)
	}
}

func TestADraftIsFoundByItsUserAlone(t *testing.T) {
	var d Drafts
	id := d.Keep(1, 10, "a text")
	if got, ok := Find[string](&d, 1, id); !ok || got != "a text" {
		t.Errorf("found %q, %v", got, ok)
	}
	if _, ok := Find[string](&d, 2, id); ok {
		t.Error("another user finds it")
	}
	if _, ok := Find[*Pair](&d, 1, id); ok {
		t.Error("it is found as what it is not")
	}
	d.list[0].at = time.Now().Add(-keptFor - time.Second)
	if _, ok := Find[string](&d, 1, id); ok {
		t.Error("it is found for ever")
	}
}

func TestDraftsStayWithinTheirBounds(t *testing.T) {
	var d Drafts
	first := d.Keep(1, 1, "first")
	for i := range keptMost {
		d.Keep(1, 1, fmt.Sprint(i))
	}
	if _, ok := Find[string](&d, 1, first); ok || len(d.list) != keptMost {
		t.Errorf("%d are kept", len(d.list))
	}
	last := d.Keep(1, keptLines, "large")
	if _, ok := Find[string](&d, 1, last); !ok || len(d.list) != 1 {
		t.Errorf("beside a large one %d are kept", len(d.list)-1)
	}
}

func TestEveryNoteHasASentenceInBothLanguages(t *testing.T) {
	for _, lang := range []string{"en", "zh-CN"} {
		for _, code := range append(explain.Codes, Unplanned) {
			if s := sentence(lang, explain.Note{Code: code}); strings.HasPrefix(s, "[") || s == "" {
				t.Errorf("%s has no sentence in %s: %q", code, lang, s)
			}
		}
	}
}

func TestADifferenceStandsInTheTextBehindTheMarksOfItsNodes(t *testing.T) {
	value := func(s string) *string { return &s }
	p := &Pair{Sides: [2]convert.Side{{Node: "lb1"}, {Node: "lb2"}}}
	for want, values := range map[string][2]*string{
		"@lb1 priority 100|@lb2 priority 90": {value("100"), value("90")},
		"@lb2 priority 90":                   {nil, value("90")},
		"priority 100":                       {value("100"), value("100")},
		"@lb1 priority":                      {value(""), nil},
	} {
		if got := strings.Join(p.InText(convert.Difference{Word: "priority", Values: values}), "|"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
