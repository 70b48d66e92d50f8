package model

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// A problem without a severity would be shown as an error, and stop nothing.
func TestEveryProblemOfATextHasItsSeverity(t *testing.T) {
	files, err := filepath.Glob("../conf/*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`report\("([a-z-]+)"`).FindAllSubmatch(source, -1) {
			seen++
			if code := string(m[1]); severities[code] == 0 && code != "comment-in-word" {
				t.Errorf("%s has no severity", code)
			}
		}
	}
	if seen < 20 {
		t.Errorf("%d problems", seen)
	}
}
