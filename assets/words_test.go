package assets_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"holdfast/assets"
)

// keys gives every message of a catalogue with its text.
func keys(t *testing.T, lang string) map[string]string {
	t.Helper()
	out := map[string]string{}
	files, err := fs.Glob(os.DirFS("words/"+lang), "*.toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("words of %s: %v %v", lang, files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile("words/" + lang + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var tree map[string]any
		if err := toml.Unmarshal(text, &tree); err != nil {
			t.Fatalf("%s of %s: %v", name, lang, err)
		}
		flatten("", tree, out)
	}
	return out
}

var plurals = []string{"zero", "one", "two", "few", "many", "other"}

// flatten names each message by its path; the forms of a plural are one message.
func flatten(path string, tree map[string]any, out map[string]string) {
	for name, v := range tree {
		at := strings.TrimPrefix(path+"."+name, ".")
		switch v := v.(type) {
		case map[string]any:
			flatten(at, v, out)
		case string:
			if slices.Contains(plurals, name) {
				out[path] += v
			} else if name != "description" {
				out[at] += v
			}
		}
	}
}

func TestBothLanguagesHaveTheSameMessages(t *testing.T) {
	en, zh := keys(t, "en"), keys(t, "zh-CN")
	for id := range en {
		if _, ok := zh[id]; !ok {
			t.Errorf("%s has no Chinese", id)
		}
	}
	for id := range zh {
		if _, ok := en[id]; !ok {
			t.Errorf("%s has no English", id)
		}
	}
}

var placeholder = regexp.MustCompile(`\.[A-Za-z_]+`)

func TestBothLanguagesNameTheSameFactsInTheConsole(t *testing.T) {
	facts := func(text string) []string {
		var list []string
		for _, action := range regexp.MustCompile(`\{\{[^}]*\}\}`).FindAllString(text, -1) {
			list = append(list, placeholder.FindAllString(action, -1)...)
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	zh := keys(t, "zh-CN")
	for id, text := range keys(t, "en") {
		if strings.HasPrefix(id, "ui.") && !slices.Equal(facts(text), facts(zh[id])) {
			t.Errorf("%s names %v in English and %v in Chinese", id, facts(text), facts(zh[id]))
		}
	}
}

func TestTheLanguageIsTheFirstThatIsAskedFor(t *testing.T) {
	for asked, want := range map[string]string{
		"zh-CN,zh;q=0.9,en;q=0.8": "zh-CN", "en-GB,en;q=0.9": "en", "de-DE,zh-CN;q=0.5": "zh-CN", "zh_CN.UTF-8": "zh-CN",
		"zh-TW": "zh-CN", "en_US.UTF-8": "en", "": "en", "C.UTF-8": "en", "en;q=0.7,zh;q=0.9": "zh-CN",
	} {
		if got := assets.Lang(asked); got != want {
			t.Errorf("%q gives %s, want %s", asked, got, want)
		}
	}
}

func TestAnUnknownMessageIsSeen(t *testing.T) {
	if got := assets.Text("en", "ui.no.such", nil); got != "[ui.no.such]" {
		t.Errorf("got %q", got)
	}
	if assets.Known("ui.no.such") || !assets.Known("ui.nav.overview") || !assets.Known("ui.time.seconds") {
		t.Error("Known is wrong")
	}
	if got := assets.Count("en", "ui.time.seconds", 1, nil); got != "1 second" {
		t.Errorf("got %q", got)
	}
}
