package assets

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// lineEnds are characters that begin a new line for some reader.
const lineEnds = "\n\r\v\f\u0085\u2028\u2029"

func TestAFindingIsOneLineWhateverItQuotes(t *testing.T) {
	for _, lang := range Langs {
		text, err := os.ReadFile("words/" + lang + "/findings.toml")
		if err != nil {
			t.Fatal(err)
		}
		sentences := map[string]any{}
		if err := toml.Unmarshal(text, &sentences); err != nil {
			t.Fatal(err)
		}
		quoted := 0
		for id, sentence := range sentences {
			args := map[string]string{}
			for _, part := range strings.Split(fmt.Sprint(sentence), "{{")[1:] {
				for _, word := range strings.FieldsFunc(strings.SplitN(part, "}}", 2)[0], func(r rune) bool { return strings.ContainsRune(" ()", r) }) {
					if name, ok := strings.CutPrefix(word, "."); ok {
						args[name] = "a" + lineEnds + "b"
					}
				}
			}
			said := Finding(lang, strings.TrimPrefix(id, "finding."), args, "a\nb")
			if strings.ContainsAny(said, lineEnds) {
				t.Errorf("%s in %s: %q", id, lang, said)
			}
			if strings.Contains(said, `a\n`) {
				quoted++
			}
		}
		if quoted < 100 {
			t.Errorf("%s: only %d sentences show what they quote", lang, quoted)
		}
	}
}

func TestAnEventIsOneLineWhateverItQuotes(t *testing.T) {
	for _, kind := range []string{"script-failed", "held", "server-state"} {
		said := Event("en", kind, "a\nb", map[string]string{"command": "x\ny", "reason": "r\ns", "code": "script-missing", "object": "o\np", "check": "c\nd", "virtual": "v\nw"})
		if strings.ContainsAny(said, lineEnds) {
			t.Errorf("%s: %q", kind, said)
		}
	}
}
