package model

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// saidOf are the findings about a word that is written in a block of the ground.
func saidOf(path, text string) (codes []string) {
	before, after, _ := strings.Cut(ground, "#"+path+"\n")
	word, _, _ := strings.Cut(text, " ")
	if at := strings.LastIndex(before, "\n"+word+" "); at > strings.LastIndex(before, "{") { // in its place
		before = before[:at+1]
	}
	_, findings := Parse("x", []byte(before+text+"\n"+after), Facts{})
	for _, f := range findings {
		codes = append(codes, f.Code)
	}
	return codes
}

// takes says whether the parser has nothing against a statement.
func takes(path, text string, codes ...string) bool {
	return !slices.ContainsFunc(saidOf(path, text), func(c string) bool { return slices.Contains(codes, c) })
}

func TestDirectivesSayWhatTheParserTakes(t *testing.T) {
	looked := 0
	for _, d := range Directives() {
		if d.Support != Acted || len(d.Paths) == 0 || !strings.Contains(ground, "#"+d.Paths[0]+"\n") || strings.Contains(d.Word, " ") {
			continue
		}
		looked++
		path := d.Paths[0]
		if !takes(path, d.Word, "unknown-word", "misplaced-word") {
			t.Errorf("%s has no %s", path, d.Word)
		}
		for _, v := range d.Values {
			if !takes(path, d.Word+" "+v, "unknown-value", "bad-boolean") {
				t.Errorf("%s %s %s is refused", path, d.Word, v)
			}
		}
		if len(d.Values) > 0 && takes(path, d.Word+" nothing-of-these", "unknown-value", "bad-boolean") {
			t.Errorf("%s %s is any value", path, d.Word)
		}
		if low, high, ok := strings.Cut(d.Range, ".."); ok && d.Kind != "codes" && d.Kind != "delays" {
			most, _ := strconv.ParseFloat(high, 64)
			beyond := strconv.FormatFloat(most+1, 'f', -1, 64)
			for v, good := range map[string]bool{low: true, high: true, beyond: false} {
				if takes(path, d.Word+" "+v, "out-of-range", "bad-number", "weight-beyond") != good {
					t.Errorf("%s %s %s: taken is not %v", path, d.Word, v, good)
				}
			}
		}
		if d.Kind != "block" && !d.Opens && takes(path, d.Word, "missing-value", "no-value", "missing-option") != (d.Optional || d.Kind == "flag") {
			t.Errorf("%s %s: it may stand alone is not %v", path, d.Word, d.Optional)
		}
	}
	if looked < 120 {
		t.Errorf("%d words were looked at", looked)
	}
}

func TestEveryDirectiveHasAPlaceARoleAndHelp(t *testing.T) {
	secrets := []string{}
	for _, d := range Directives() {
		if len(d.Paths) == 0 || d.Support != Obsolete && d.Role == "" && !strings.Contains(d.Word, " ") || d.Help != "directive."+d.ID {
			t.Errorf("%s.%s: paths %q, role %q, help %q", d.Block, d.Word, d.Paths, d.Role, d.Help)
		}
		if d.Secret {
			secrets = append(secrets, d.Block+"."+d.Word)
		}
		if (d.Unit == "s") != (d.Kind == "secs") {
			t.Errorf("%s.%s: unit %q of %s", d.Block, d.Word, d.Unit, d.Kind)
		}
	}
	if want := []string{"SSL.password", "auth_hmac.key", "authentication.auth_pass"}; !slices.Equal(secrets, want) {
		t.Errorf("secrets are %q, want %q", secrets, want)
	}
}
