package assets_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"holdfast/assets"
)

// gaps is what a sentence has where a value is missing and nobody closed up.
var gaps = regexp.MustCompile(`[^ \n]  +[^ ]| [,;:.!?)\]。，；：！？）」”](\s|$)|\(\)|\[\]|""|“”|''|（）|「」|[,;:、，；：]\s*[.,;!?)。，；！？）]|[(（「“]\s*[,;:，；：]|^[\s,;:，；：]|[ \t]$`)

var (
	action   = regexp.MustCompile(`\{\{[^}]*\}\}`)
	argument = regexp.MustCompile(`\.([A-Za-z_]+)`)
)

// facts are the names of the values of a message.
func factsOf(text string) []string {
	names := map[string]bool{}
	for _, a := range action.FindAllString(text, -1) {
		for _, m := range argument.FindAllStringSubmatch(a, -1) {
			names[m[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Every value that is missing is tried beside every other that is.
func TestASentenceClosesUpWhereAValueIsEmpty(t *testing.T) {
	tried := 0
	for _, lang := range assets.Langs {
		for id, text := range keys(t, lang) {
			names, plain := factsOf(text), action.ReplaceAllString(text, "x")
			if len(names) == 0 {
				continue
			}
			for missing := range 1 << len(names) {
				args := map[string]string{}
				for i, name := range names {
					if missing>>i&1 == 0 {
						args[name] = "x" + name
					} else if missing%3 == 0 {
						args[name] = " "
					} else if missing%3 == 1 {
						args[name] = ""
					}
				}
				tried++
				said := assets.Text(lang, id, args)
				if found := gaps.FindString(said); found != "" && !strings.Contains(plain, found) {
					t.Errorf("%s of %s with %v: %q in %q", id, lang, args, found, said)
				}
				if missing == 0 && strings.ContainsRune(said, '\x1a') {
					t.Errorf("%s of %s: %q", id, lang, said)
				}
			}
		}
	}
	if tried < 5000 {
		t.Errorf("%d sentences", tried)
	}
}

func TestASentenceSaysTheValuesThatItHas(t *testing.T) {
	for _, c := range []struct {
		lang, id string
		args     map[string]string
		want     string
	}{
		{"en", "finding.server-without-check", map[string]string{"Name": "10.1.1.1 "}, "The server 10.1.1.1 has no check: it counts as up for ever."},
		{"en", "finding.server-without-check", nil, "The server has no check: it counts as up for ever."},
		{"zh-CN", "finding.server-without-check", map[string]string{"Name": " "}, "服务器没有检查：始终视为可用。"},
		{"en", "finding.server-without-check", map[string]string{"Name": "a  b\x1a"}, "The server a  b has no check: it counts as up for ever."},
	} {
		if got := assets.Text(c.lang, c.id, c.args); got != c.want {
			t.Errorf("%s: %q, want %q", c.id, got, c.want)
		}
	}
}

func TestEveryMessageIsKnown(t *testing.T) {
	for id := range keys(t, "en") {
		if !assets.Known(id) {
			t.Errorf("%s is not known", id)
		}
	}
}
