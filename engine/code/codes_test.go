package code

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"holdfast/assets"
)

// words says whether there is a sentence under id in lang.
func words(lang, id string) bool {
	return assets.Text(lang, id, map[string]string{}) != "["+id+"]"
}

func TestEachCodeHasWordsInEveryLanguage(t *testing.T) {
	for _, lang := range assets.Langs {
		for prefix, codes := range map[string][]string{"held.": Blocks, "notice.": Notices, "reason.": Reasons, "incident.": Incidents, "cause.": Causes, "forecast.": Forecasts, "why.": Whys, "if.": Ifs} {
			for _, c := range codes {
				if !words(lang, prefix+c) {
					t.Errorf("%s has no words for %s%s", lang, prefix, c)
				}
			}
		}
		for _, c := range Blocks { // what an instance in FAULT says, and the end of a block
			if c != Suspended && c != KernelRefused && c != BashMissing && !strings.HasPrefix(c, "script-") && !slices.Contains(Texts, c) && !words(lang, "reason."+c) {
				t.Errorf("%s has no words for reason.%s", lang, c)
			}
		}
	}
}

// sentence is the head of a sentence of a code in the files of words.
var sentence = regexp.MustCompile(`(?m)^\[?"(held|notice|reason|incident|cause|forecast|why|if)\.([a-z0-9-]+)"`)

func TestNoWordsAreLeftOfACodeThatIsGone(t *testing.T) {
	known := map[string][]string{"held": Blocks, "notice": Notices, "incident": Incidents, "cause": Causes, "forecast": Forecasts, "why": Whys, "if": Ifs, "reason": slices.Concat(Reasons, Blocks, Notices)}
	files, err := filepath.Glob("../../assets/words/*/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range sentence.FindAllStringSubmatch(string(text), -1) {
			found++
			if !slices.Contains(known[m[1]], m[2]) {
				t.Errorf("%s has words for %s.%s, and nothing says it", file, m[1], m[2])
			}
		}
	}
	if found < len(Blocks)+len(Notices)+len(Reasons) {
		t.Errorf("only %d sentences were found", found)
	}
}

func TestACodeStandsForOneThing(t *testing.T) {
	all := slices.Concat(Blocks, Notices, Reasons, Incidents, Causes, Forecasts)
	slices.Sort(all)
	for i := range len(all) - 1 {
		if all[i] == all[i+1] {
			t.Errorf("%s stands twice", all[i])
		}
	}
}
