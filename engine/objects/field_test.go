package objects

import (
	"strings"
	"testing"

	"holdfast/engine/model"
)

func textIn(t *testing.T, x *Text, o Object, name string) string {
	t.Helper()
	for _, f := range x.Fields(o) {
		if f.Name == name {
			return f.Text
		}
	}
	t.Fatalf("%s has no field %s", o.ID, name)
	return ""
}

// What a form sends without a change is no change, for each object and all its fields.
func TestAFormSentAsItIsChangesNothing(t *testing.T) {
	x := Open(ground, model.Facts{})
	for _, o := range x.list {
		texts := map[string]string{}
		for _, f := range x.Fields(o) {
			texts[f.Name] = strings.ReplaceAll(f.Text, "\n", "\r\n")
		}
		next, err := x.Fill(o, texts)
		if err != nil || next.String() != ground {
			t.Errorf("%s: %v\n%s", o.ID, err, next)
		}
	}
}

// Each field of each object is set by its form as by the text, and taken away again.
func TestEveryFieldIsFilledAndEmptied(t *testing.T) {
	looked := 0
	for _, o := range Open(ground, model.Facts{}).list {
		for _, f := range Open(ground, model.Facts{}).Fields(o) {
			s, ok := sampleOf(t, f.Directive)
			if !ok || f.Written || f.Word == "protocol" {
				continue
			}
			looked++
			x := Open(ground, model.Facts{})
			text := s.Value
			if f.Shape == Flag {
				text = yes
			}
			if s.Lines != nil {
				text = strings.Join(s.Lines, "\n")
			}
			next, err := x.Fill(o, map[string]string{f.Name: text})
			if err != nil {
				t.Errorf("%s %s: %v", o.ID, f.Name, err)
				continue
			}
			now, err := next.Find(o.Kind, o.ids()...)
			if err != nil {
				t.Fatal(err)
			}
			if got := textIn(t, next, now, f.Name); got != text {
				t.Errorf("%s %s: %q was filled in, and is %q", o.ID, f.Name, text, got)
			}
			if back, err := next.Fill(now, map[string]string{f.Name: ""}); err != nil || back.String() != ground {
				t.Errorf("%s %s: emptied it leaves %v\n%s", o.ID, f.Name, err, back)
			}
		}
	}
	if looked < 250 {
		t.Errorf("%d fields were looked at", looked)
	}
}

func TestFieldsOfABlockInAnObjectAreFields(t *testing.T) {
	x, o := open(t, ground, Router, "V")
	if got := textIn(t, x, o, "authentication.auth_pass"); got != "abc" {
		t.Errorf("%q", got)
	}
	next := must(t)(x.Fill(o, map[string]string{"authentication.auth_pass": "x y", "virtual_ipaddress": "192.0.2.100/24\n192.0.2.101/24 dev eth1"}))
	want := strings.Replace(ground, "auth_pass abc", "auth_pass \"x y\"", 1)
	want = strings.Replace(want, "# public\n", "# public\n\t\t192.0.2.101/24 dev eth1\n", 1)
	if next.String() != want {
		t.Error(next)
	}
	next = must(t)(x.Fill(o, map[string]string{"authentication.auth_pass": "", "authentication.auth_type": ""}))
	if strings.Contains(next.String(), "auth") {
		t.Error(next)
	}
}

func TestPagesOfACheckAreWrittenAsInTheText(t *testing.T) {
	x, o := open(t, ground, Check, svc, "192.0.2.31:80", "HTTP_GET")
	if got := textIn(t, x, o, "url"); got != "url {\n    path /\n}" {
		t.Errorf("%q", got)
	}
	next := must(t)(x.Fill(o, map[string]string{"url": "url {\n    path /\n    status_code 200\n}"}))
	if want := strings.Replace(ground, "path /\n", "path /\n                status_code 200\n", 1); next.String() != want {
		t.Error(next)
	}
	for _, text := range []string{"url {", "}", "path /", "url { path / } }"} {
		if next, err := x.Fill(o, map[string]string{"url": text}); err == nil {
			t.Errorf("%q makes\n%s", text, next)
		}
	}
}
