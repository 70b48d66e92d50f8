package main

import (
	"os"
	"strings"
	"testing"
)

func TestEveryLineOfTheReadmeAboutTextsIsUnderstood(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]int{}
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(line, "    holdfast ")
		if !ok || strings.Contains(line, "├") {
			continue
		}
		command := strings.Fields(rest)[0]
		switch command {
		case "check", "plan", "import", "export", "fmt", "support":
		default:
			continue // the others start something
		}
		tried[command]++
		if problems := understood(strings.NewReplacer("FILE", "/absent/x.conf", "文件 ", "/absent/x.conf ").Replace(line)); problems != "" {
			t.Errorf("%s: %s", strings.TrimSpace(line), problems)
		}
	}
	for _, command := range []string{"check", "plan", "import", "export"} {
		if tried[command] == 0 {
			t.Errorf("the README does not show %s", command)
		}
	}
}
