package pattern

import (
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/dlclark/regexp2/v2"
)

//go:embed testdata/pcre2.txt
var answers string

func TestAPatternMatchesWhatKeepalivedsLibraryMatches(t *testing.T) {
	t.Cleanup(regexp2.StopTimeoutClock)
	for line := range strings.Lines(answers) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var w Wish
		var text, options, to, want string
		if _, err := fmt.Sscanf(line, "%q %s %q %d %s %s", &w.Text, &options, &text, &w.From, &to, &want); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		w.Options = strings.Split(options, ",")
		if to != "-" {
			w.Bounded = true
			w.To, _ = strconv.Atoi(to)
		}
		if got := answer(w, text); got != want {
			t.Errorf("%s: %s", strings.TrimSpace(line), got)
		}
	}
}

func answer(w Wish, text string) string {
	p, err := Compile(w)
	var problem *Problem
	if errors.As(err, &problem) {
		if problem.Foreign {
			return "lacks " + problem.What
		}
		return "refused"
	}
	ok, err := p.Match([]byte(text))
	switch {
	case err != nil:
		return err.Error()
	case ok:
		return "match"
	}
	return "none"
}

func TestAConstructThatTheEnginesLackIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		`a(?1)`: "(?1)", `(?R)?`: "(?R)", `(?|a|b)`: "(?|", `a(*SKIP)b`: "(*SKIP)", `(*CRLF)a$`: "(*CRLF)", `\X`: `\X`, `(?<n>a)\g<n>`: `\g<`, `(?&n)(?<n>a)`: "(?R)",
	} {
		_, err := Compile(Wish{Text: text})
		var problem *Problem
		if !errors.As(err, &problem) || !problem.Foreign || problem.What != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestAPlainPatternIsMatchedInLinearTime(t *testing.T) {
	p, err := Compile(Wish{Text: `(a+)+\d`, Options: []string{"caseless", "dotall"}})
	if err != nil || p.plain == nil {
		t.Fatalf("not by Go's own engine: %v", err)
	}
	if ok, err := p.Match([]byte(strings.Repeat("a", 1<<16))); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func FuzzEveryPatternIsReadOrRefused(f *testing.F) {
	for line := range strings.Lines(answers) {
		var text, options, subject string
		if n, _ := fmt.Sscanf(line, "%q %s %q", &text, &options, &subject); n == 3 {
			f.Add(text, options, subject)
		}
	}
	f.Fuzz(func(_ *testing.T, text, options, subject string) {
		if p, err := Compile(Wish{Text: text, Options: strings.Split(options, ",")}); err == nil && p.plain != nil {
			p.Match([]byte(subject))
		}
	})
}
