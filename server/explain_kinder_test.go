package main

import (
	"encoding/json"
	"strings"
	"testing"

	"holdfast/engine/probe"
	"holdfast/server/show"
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

// every check of probe.Kinders, and every word that one of them depends on
const everyCheck = `virtual_server 192.0.2.1 80 {
    protocol TCP
    real_server 192.0.2.2 80 { HTTP_GET {
            url {
                path /
                regex "ok$"
                regex_no_match
            }
        }
        $SSL {
            enable_sni
            url { path / }
        }
        SMTP_CHECK {
        }
        DNS_CHECK {
        }
        TCP_CHECK {
        }
    }
}
`

func TestExplainSaysEachServerThatIsJudgedOtherwiseInBothForms(t *testing.T) {
	path := file(t, "$SSL=SSL_GET\n"+everyCheck)
	var x show.ExplainedJSON
	out, _, _ := holdfast(t, "en", "import", "--explain", "--json", path)
	if err := json.Unmarshal([]byte(out), &x); err != nil {
		t.Fatal(err)
	}
	text, _, _ := holdfast(t, "en", "import", "--explain", path)
	told := map[string]int{}
	for _, l := range x.Files[0].Lines {
		for _, o := range l.Others {
			told[o.Code]++
			if !strings.Contains(text, o.Server) {
				t.Errorf("%s is not in the text: %s", o.Code, o.Server)
			}
		}
	}
	for _, k := range probe.Kinders {
		want := len(k.Kinds)
		if k.Word != "" {
			want = 1
		}
		if told[k.Code] != want {
			t.Errorf("%s is told %d times, want %d", k.Code, told[k.Code], want)
		}
	}
	for _, want := range []string{"Holdfast brings it up, that", "Holdfast takes it down, that"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in\n%s", want, text)
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
