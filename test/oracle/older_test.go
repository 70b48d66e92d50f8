package oracle

import (
	"slices"
	"strings"
	"testing"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// targets are the releases that an export may be for.
var targets = []string{"2.2.7", "2.4.3"}

// Every word of the table is set in a text, and exported for the releases that do
// not know it: also what no release has yet.
func TestNoWordOfALaterReleaseIsInAnExport(t *testing.T) {
	all, later := places(t), 0
	for _, d := range model.Directives() {
		word := d.Block + " " + d.Word
		c, err := conf.NewDraft("x", "", conf.Options{Node: node}).Edit(conf.Insert(conf.Path{0}, all[word].around()))
		if err != nil {
			t.Fatalf("%s: %v", word, err)
		}
		cfg, _ := model.Parse("x", []byte(c.New), model.Facts{Node: node})
		for _, release := range targets {
			if !d.Since.After(release) {
				continue
			}
			later++
			old, left := model.Older(cfg, release)
			if said := model.Print(old); slices.Contains(strings.Fields(said), strings.Fields(d.Word)[0]) {
				t.Errorf("%s, known since %q, is in an export for %s without %q:\n%s", word, d.Since, release, left, said)
			}
		}
	}
	if later < 20 {
		t.Errorf("%d words are later than a target", later)
	}
}
