package main

import (
	"strings"
	"testing"

	"holdfast/engine/probe"
)

func TestExplainSaysWhichServersComeUpThatKeepalivedKeepsDown(t *testing.T) {
	path := file(t, "virtual_server 192.0.2.1 80 {\n    protocol TCP\n    real_server 192.0.2.2 80 {\n        SMTP_CHECK {\n        }\n    }\n}\n")
	for lang, want := range map[string]string{"en": "greets with more than 512 bytes", "zh-CN": "问候超过 512 字节"} {
		out, _, _ := holdfast(t, lang, "import", "--explain", path)
		if n := strings.Count(out, want); n != 1 || strings.Contains(out, "TLS 1.0") {
			t.Errorf("%s: said %d times in\n%s", lang, n, out)
		}
	}
}

func TestEveryKinderHasItsWords(t *testing.T) {
	for _, k := range probe.Kinders {
		for _, lang := range []string{"en", "zh-CN"} {
			if s := (&env{Lang: lang}).Text("kinder."+k.Code, nil); strings.HasPrefix(s, "[") {
				t.Errorf("%s has no words for %s", lang, k.Code)
			}
		}
	}
}
