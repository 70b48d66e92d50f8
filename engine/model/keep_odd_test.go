package model

import (
	"fmt"
	"strings"
	"testing"
)

// odd are words that hardly any statement wants behind it.
var odd = []string{"", `""`, `"" ""`, "/", "x y z", "1-", "-1", "inet lock", "99999999999999999999", `"`}

// oddTexts writes a word that is not acted on with an odd one behind it, as a
// statement and as the head of a block.
func oddTexts(block string, k *keptWord, odd string) []string {
	if k.inline {
		line := k.word + " " + odd
		return []string{
			fmt.Sprintf("vrrp_instance V {\n%s {\n10.0.0.1/24 %s\n%s\n}\n%s x %s\n}\n", block, line, line, block, line),
			fmt.Sprintf("%s {\n10.0.0.1/24 %s\n%s\n}\n", block, line, line),
			fmt.Sprintf("global_defs {\n%s eth0 %s\n}\n", block, line),
			fmt.Sprintf("virtual_server 10.0.0.1 80 {\n%s TUN %s\nreal_server 10.0.0.2 80 {\n%s TUN %s\n}\n}\n", block, line, block, line),
		}
	}
	text := fmt.Sprintf("%s %s\n%s %s {\n%s\n}\n", k.word, odd, k.word, odd, odd)
	switch {
	case block == root:
	case strings.HasSuffix(block, "_CHECK"), strings.HasSuffix(block, "_GET"):
		text = fmt.Sprintf("virtual_server 10.0.0.1 80 {\nreal_server 10.0.0.2 80 {\n%s {\n%s}\n}\n}\n", block, text)
	case block == "real_server":
		text = fmt.Sprintf("virtual_server 10.0.0.1 80 {\nreal_server 10.0.0.2 80 {\n%s}\n}\n", text)
	case block == "auth_hmac":
		text = fmt.Sprintf("vrrp_instance V {\nauth_hmac {\n%s}\n}\n", text)
	default:
		text = fmt.Sprintf("%s {\n%s}\n", block, text)
	}
	return []string{text}
}

func TestWhateverStandsBehindAKeptWordComesBack(t *testing.T) {
	for block, words := range readKept() {
		for _, k := range words {
			for _, w := range odd {
				for _, text := range oddTexts(block, k, w) {
					comesBack(t, text)
				}
			}
		}
	}
}

// comesBack wants what was understood of a text to survive text and JSON.
func comesBack(t *testing.T, text string) {
	t.Helper()
	c, _ := Parse("x", []byte(text), Facts{})
	Older(c, OldRelease)
	printed := Print(c)
	if again, _ := Parse("x", []byte(printed), Facts{}); Print(again) != printed {
		t.Errorf("%s\nis printed\n%s\nand then\n%s", text, printed, Print(again))
	}
	form, err := JSON(c)
	if err != nil {
		t.Fatal(err)
	}
	back, _, err := FromJSON(form, Facts{})
	if err != nil {
		t.Errorf("%v in the JSON of\n%s\n%s", err, text, form)
	} else if got := Print(back); got != printed {
		t.Errorf("%s\nis printed\n%s\nand from JSON\n%s", text, printed, got)
	}
}
