package main

import (
	"os"
	"strings"
	"testing"

	"holdfast/assets"
	"holdfast/engine/model"
)

// leastWords is how many words keepalived has.
const leastWords = 361

func TestEveryDirectiveHasASentenceInBothLanguages(t *testing.T) {
	words := map[string]bool{}
	for _, d := range model.Directives() {
		words[d.Word] = true
		for _, lang := range assets.Langs {
			if s := assets.Text(lang, "directive."+d.ID, nil); s == "" || strings.HasPrefix(s, "[") {
				t.Errorf("%s has no sentence in %s", d.ID, lang)
			}
		}
	}
	if len(words) < leastWords {
		t.Errorf("%d words", len(words))
	}
}

func TestEveryWordThatIsNotActedOnSaysWhatIsLost(t *testing.T) {
	for _, d := range model.Directives() {
		if (d.Support == model.Kept) != (d.Loss != "") {
			t.Errorf("%s is %s, and its loss is %q", d.ID, d.Support, d.Loss)
		}
		for _, lang := range assets.Langs {
			if s := assets.Text(lang, "unacted."+d.Loss, nil); d.Loss != "" && (s == "" || strings.HasPrefix(s, "[")) {
				t.Errorf("%s: no sentence %s in %s", d.ID, d.Loss, lang)
			}
		}
	}
}

// largestFamily is how many words may share a sentence about what is lost, unless
// they stand inside of one statement.
const largestFamily = 12

func TestWordsThatAreNotOfOneFamilyShareNoSentence(t *testing.T) {
	families, statements := map[string]map[string]bool{}, map[[2]string]bool{}
	for _, d := range model.Directives() {
		statements[[2]string{d.Word, d.Loss}] = true
	}
	for _, d := range model.Directives() {
		if d.Loss == "" || statements[[2]string{d.Block, d.Loss}] {
			continue // what the statement around it says
		}
		if families[d.Loss] == nil {
			families[d.Loss] = map[string]bool{}
		}
		families[d.Loss][d.Word] = true
	}
	for loss, words := range families {
		if len(words) > largestFamily {
			t.Errorf("%d words say %s: %v", len(words), loss, words)
		}
	}
	for _, lang := range assets.Langs {
		said := map[string]string{}
		for loss := range families {
			s := assets.Text(lang, "unacted."+loss, nil)
			if other := said[s]; other != "" {
				t.Errorf("%s and %s both say %q", loss, other, s)
			}
			said[s] = loss
		}
	}
}

// A sentence that nothing says is one that a word has lost.
func TestNoSentenceOfAWordIsLeftOver(t *testing.T) {
	used := map[string]bool{}
	for _, d := range model.Directives() {
		used["directive."+d.ID], used["unacted."+d.Loss] = true, true
		for _, alias := range d.Aliases {
			used[strings.TrimSuffix("directive."+d.ID, d.Word)+alias] = true
		}
	}
	for _, lang := range assets.Langs {
		text, err := os.ReadFile("../assets/words/" + lang + "/directives.toml")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if id, _, ok := strings.Cut(strings.TrimPrefix(line, `"`), `" = `); ok && !used[id] {
				t.Errorf("%s: nothing says %s", lang, id)
			}
		}
	}
}
