package model

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"holdfast/engine/conf"
)

// little is a host on which expansion may cost a thousandth of what it may.
var little = Facts{Known: true, Interfaces: host.Interfaces, Bash: true, Node: host.Node, Work: conf.MaxWork >> 10}

// seeds are the texts of the tests, and one with every directive.
func seeds(f *testing.F) []string {
	files, err := filepath.Glob("testdata/findings/*.conf")
	if err != nil || len(files) == 0 {
		f.Fatal("no texts: ", err)
	}
	all := []string{Print(everything(f)),
		"$N=2\n~SEQ(I, $N) vrrp_script s$I {\n script \"/bin/x '$I'\"\n}\n@node1 global_defs {\n router_id ${_HASH}\n}\n",
		"! holdfast: allow no-address\nvrrp_instance A { # x\n state True\n virtual_router_id 0x33\n}\ninclude x\n"}
	for _, file := range append(files, "testdata/tutorial-node1.conf", "testdata/tutorial-web.conf") {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, string(text))
	}
	return all
}

// FuzzWhatIsUnderstoodComesBack: whatever the text, what was understood of it is
// printed, read and printed again without a difference, as text and as JSON.
func FuzzWhatIsUnderstoodComesBack(f *testing.F) {
	for _, text := range seeds(f) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, findings := Parse("x", text, little)
		Resolve(c)
		sameInspected(t, string(text), little)
		bounded(t, text, findings)
		if Failed(findings) {
			return
		}
		printed := Print(c)
		back, more := Parse("x", []byte(printed), little)
		for _, finding := range more {
			// What stays as it was written is wrong as often as it was.
			before := func(f Finding) bool { return f.Code == finding.Code && f.Args["Word"] == finding.Args["Word"] }
			if finding.Code == "missing-brace" || finding.Code == "unknown-word" && !slices.ContainsFunc(findings, before) {
				t.Fatalf("%v in our own text:\n%s", finding, printed)
			}
		}
		if again := Print(back); again != printed {
			t.Fatalf("printed\n%s\nthen\n%s", printed, again)
		}
		form, err := JSON(c)
		if !errors.Is(err, ErrNotUTF8) {
			if other, _, err := FromJSON(form, Facts{Node: host.Node}); err != nil || Print(other) != printed {
				t.Fatalf("%v: printed\n%s\nas JSON\n%s\nthen\n%s", err, printed, form, Print(other))
			}
		}
		if !reflect.DeepEqual(empty(c), empty(back)) {
			t.Fatalf("read back differently:\n%s\n%+v\n%+v", printed, c, back)
		}
	})
}

// bounded holds the findings, and the names compared for their hints, against
// the text.
func bounded(t *testing.T, text []byte, findings []Finding) {
	t.Helper()
	if most := 8*len(text) + conf.MaxWork>>10; len(findings) > most {
		t.Errorf("%d findings in %d bytes", len(findings), len(text))
	}
	for _, f := range findings {
		if f.Severity < Note || f.Severity > Error || f.Code == "" || f.Range.Line < 1 || f.Range.Col < 1 {
			t.Errorf("finding %+v has no place or no weight", f)
		}
	}
	b := newBinder(little)
	b.read("x", string(text), false)
	if b.compared > maxCompared+len(text) || len(b.indexes) > 2 {
		t.Errorf("%d names compared, %d indexes left", b.compared, len(b.indexes))
	}
}

// FuzzJSONComesBack: whatever the form, what was understood of it is written, read
// and written again without a difference.
func FuzzJSONComesBack(f *testing.F) {
	for _, text := range seeds(f) {
		c, _ := Parse("x", []byte(text), host)
		if form, err := JSON(c); err == nil {
			f.Add(form)
		}
	}
	f.Add([]byte(`{"global_defs":{"router_id":"a b"},"vrrp_instance":[{"name":"A","priority":1e2,"kept":["x y {"]}]}`))
	f.Fuzz(func(t *testing.T, form []byte) {
		c, findings, err := FromJSON(form, little)
		if err != nil || Failed(findings) {
			return
		}
		again, err := JSON(c)
		if errors.Is(err, ErrNotUTF8) {
			return
		}
		back, _, err := FromJSON(again, little)
		if err != nil || Print(back) != Print(c) {
			t.Fatalf("%v: read\n%s\nas\n%s\nthen\n%s\nas\n%s", err, form, Print(c), again, Print(back))
		}
	})
}

// empty makes slices without elements nil, since a text cannot tell them apart.
func empty(c Config) Config {
	v := reflect.ValueOf(&c).Elem()
	clean(v)
	return c
}

func clean(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			clean(v.Elem())
		}
	case reflect.Slice:
		if v.Len() == 0 && v.CanSet() {
			v.SetZero()
		}
		for i := range v.Len() {
			clean(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				clean(v.Field(i))
			}
		}
	}
}
