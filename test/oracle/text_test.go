package oracle

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"holdfast/assets"
	"holdfast/engine/conf"
	"holdfast/engine/model"
)

func TestEveryByteOfEveryTextIsAccountedFor(t *testing.T) {
	eachText(t, all(t), func(t *testing.T, name string, text []byte) {
		if back := conf.Parse(name, text, node).String(); back != string(text) {
			t.Errorf("%d bytes came back as %d", len(text), len(back))
		}
	})
}

func TestEveryFindingHasItsSentence(t *testing.T) {
	eachText(t, all(t), func(t *testing.T, name string, text []byte) {
		_, findings := read(name, text)
		for _, f := range findings {
			for _, lang := range assets.Langs {
				s := assets.Text(lang, "finding."+f.Code, f.Args)
				if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") || strings.Contains(s, "<no value>") || strings.Contains(s, "  ") {
					t.Errorf("line %d, %s: %q", f.Range.Line, lang, s)
				}
			}
		}
	})
}

func TestExportOfEveryTextMeansTheSame(t *testing.T) {
	eachText(t, all(t), func(t *testing.T, name string, text []byte) {
		c, _ := read(name, text)
		export := model.Print(c)
		back, _ := read(name, []byte(export))
		if !model.Equal(c, back) {
			t.Fatalf("the export reads back as\n%s\nit is\n%s", model.Print(back), export)
		}
		if want, got := plain(c), plain(back); want != got {
			t.Errorf("resolved, the export is\n%s\nthe text\n%s", got, want)
		}
	})
}

func TestJSONOfEveryTextComesBack(t *testing.T) {
	eachText(t, all(t), func(t *testing.T, name string, text []byte) {
		c, _ := read(name, text)
		form, err := model.JSON(c)
		if err != nil {
			t.Fatal(err)
		}
		back, _, err := model.FromJSON(form, model.Facts{Node: node})
		if err != nil {
			t.Fatal(err)
		}
		if again, err := model.JSON(back); err != nil || string(again) != string(form) {
			t.Errorf("%v: the form reads back as\n%s\nit is\n%s", err, again, form)
		}
	})
}

// plain is a resolved Config in words; what is empty and what is not there read
// alike in it. The options that servers share stand behind it, since a pointer reads as
// a number.
func plain(c model.Config) string {
	c = model.Resolve(c)
	c.Served = false // what it says of sync daemons is resolved
	c.Virtuals = slices.Clone(c.Virtuals)
	var options []model.ServerOptions
	for i := range c.Virtuals {
		v := &c.Virtuals[i]
		v.Servers = slices.Clone(v.Servers)
		for j := range v.Servers {
			options = append(options, *v.Servers[j].ServerOptions)
			v.Servers[j].ServerOptions = nil
		}
	}
	return fmt.Sprintf("%+v %+v", c, options)
}
