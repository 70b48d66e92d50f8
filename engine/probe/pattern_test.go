package probe

import (
	"crypto/md5"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/dlclark/regexp2/v2"

	"holdfast/engine/model"
)

// urlOf gives the check of a URL with these words, against a server that answers.
func urlOf(t *testing.T, answered string, words ...string) model.Check {
	t.Helper()
	addr := serve(t, answer(answered))
	cfg, findings := model.Parse("x", []byte("virtual_server 192.0.2.1 80 {\nprotocol TCP\nreal_server 192.0.2.2 80 {\nHTTP_GET {\nurl {\npath /\n"+
		strings.Join(words, "\n")+"\n}\n}\n}\n}\n"), model.Facts{})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	c := check(model.HTTPGet, addr)
	c.URLs = cfg.Virtuals[0].Servers[0].Checks[0].URLs
	return c
}

func TestTheWordsBesideARegexSayHowItIsMatched(t *testing.T) {
	t.Cleanup(regexp2.StopTimeoutClock)
	const head = "HTTP/1.0 200 OK\r\nServer: x\r\n\r\n"
	for _, c := range []struct {
		body  string
		words string
		code  string
	}{
		{"on HOLD\n", `regex HOLD`, "status"},
		{"on HOLD\n", `regex hold`, "no-match"},
		{"on HOLD\n", "regex hold\nregex_options caseless", "status"},
		{"on HOLD\n", "regex hold\nregex_options nonsense\nregex_options caseless", "status"},
		{"a\nb\n", "regex a.b", "no-match"},
		{"a\nb\n", "regex a.b\nregex_options multiline dotall", "status"},
		{"a\nb\n", `regex "^b$"`, "no-match"},
		{"a\nb\n", "regex \"^b$\"\nregex_options multiline", "status"},
		{"b\n", `regex "^b$"`, "status"},
		{"b\n", "regex \"^b$\"\nregex_options dollar_endonly", "no-match"},
		{"7", `regex "^\\d$"`, "status"},
		{"7", `regex "^\d$"`, "no-match"}, // keepalived reads d
		{"d", `regex "^\d$"`, "status"},
		{"caf\xe9", `regex "caf\\xe9"`, "status"},
		{"failed", "regex failed\nregex_no_match", "match"},
		{"fine", "regex failed\nregex_no_match", "status"},
		{"0123456789x", "regex x\nregex_min_offset 10", "status"},
		{"0123456789x", "regex x\nregex_min_offset 60", "no-match"},
		{"0123456789x", "regex x\nregex_max_offset 10", "status"},
		{"0123456789y", "regex y\nregex_max_offset 9", "no-match"},
		{"0123456789y", "regex y\nregex_min_offset 11\nregex_max_offset 10", "status"},
		{"y", "regex \"Server: x\"", "status"},
		{"y", "regex \"^HTTP/1.. 200\"", "status"},
	} {
		if r := probe(t, urlOf(t, head+c.body, c.words)); r.Code != c.code || r.Up != (c.code == "status") {
			t.Errorf("%q of %q: %+v", c.words, c.body, r)
		}
	}
}

// keepalived ends the digest at the announced length, and looks for the pattern in
// all that comes.
func TestAPatternIsLookedForBehindTheAnnouncedLength(t *testing.T) {
	sum := md5.Sum([]byte("hello"))
	c := urlOf(t, "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello ready", "regex ready", "digest "+hex.EncodeToString(sum[:]))
	if r := probe(t, c); !r.Up {
		t.Errorf("%+v", r)
	}
}

func TestAnOffsetReachesBeyondWhatIsOtherwiseLookedAt(t *testing.T) {
	body := strings.Repeat(".", maxMatched+100) + "ready"
	for words, up := range map[string]bool{"regex ready": false, "regex ready\nregex_min_offset 200": true} {
		if r := probe(t, urlOf(t, "HTTP/1.0 200 OK\r\n\r\n"+body, words)); r.Up != up {
			t.Errorf("%s: %+v", words, r)
		}
	}
}

// Eight thousand steps back and forth, each remembered.
func TestAMatchIsNotShortOfMemoryHoweverSmallItsStack(t *testing.T) {
	t.Cleanup(regexp2.StopTimeoutClock)
	body := strings.Repeat("ab", 4000) + "c tail"
	if r := probe(t, urlOf(t, "HTTP/1.0 200 OK\r\n\r\n"+body, `regex "(?:a(b))*c"`, "regex_stack 1 1")); !r.Up {
		t.Errorf("%+v", r)
	}
}
