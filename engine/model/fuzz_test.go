package model

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// FuzzWhatIsUnderstoodComesBack: whatever the text, what was understood of it is
// printed, read and printed again without a difference.
func FuzzWhatIsUnderstoodComesBack(f *testing.F) {
	files, err := filepath.Glob("testdata/findings/*.conf")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, "testdata/tutorial-node1.conf", "testdata/tutorial-web.conf") {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, findings := Parse("x", text, host)
		Resolve(c)
		sameInspected(t, string(text), host)
		if Failed(findings) {
			return
		}
		printed := Print(c)
		back, findings := Parse("x", []byte(printed), host)
		for _, finding := range findings {
			if finding.Code == "unknown-word" || finding.Code == "missing-brace" {
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

// empty makes slices without elements nil, since a text cannot tell them apart.
func empty(c Config) Config {
	v := reflect.ValueOf(&c).Elem()
	clean(v)
	return c
}

func clean(v reflect.Value) {
	switch v.Kind() {
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
