package page

import (
	"strings"
	"testing"
	"time"

	"holdfast/engine/control"
)

func TestWhatChecksAndScriptsSaidIsInTheReadersLanguage(t *testing.T) {
	all := newTemplates(func(name string) string { return name })
	check := control.CheckStatus{Name: "TCP_CHECK 192.0.2.33:80", Known: true, At: time.Now(), Text: "connection refused, 3 ms"}
	for lang, want := range map[string]string{"en": "connection refused, 3 ms", "zh-CN": "连接被拒绝，用时 3 ms"} {
		for _, part := range []string{"check", "check-cell"} {
			said, err := all.part(lang, "service", part, check)
			if err != nil || !strings.Contains(said, ">"+want+"<") {
				t.Errorf("%s of %s: %v\n%s", part, lang, err, said)
			}
		}
	}
	page, err := files.ReadFile("vips.html")
	if err != nil || !strings.Contains(string(page), "{{reason .Detail}}") || strings.Contains(string(page), "{{.Detail}}") {
		t.Errorf("what a script said is shown as the engine has it: %v", err)
	}
}
