package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"holdfast/assets"
)

// try runs one command line and gives its exit code and its words.
func try(lang string, args ...string) (code int, out, problems string) {
	var o, p bytes.Buffer
	e := &env{Lang: lang, Out: &o, Err: &p, Version: "1.2.3"}
	return execute(e, args), o.String(), p.String()
}

func TestWrongUsageExitsWithTwo(t *testing.T) {
	for _, line := range []string{"nonsense", "version --nonsense", "version extra", "run", "check", "status --json=perhaps", "run -f",
		"nonsense --help", "help nonsense", "user nonsense", "user nonsense --help", "help user nonsense", "-t", "--config-test", "status a b", "watch --check", "events all", "diff 1", "confirm a b"} {
		code, _, problems := try("en", strings.Fields(line)...)
		if code != exitUsage || problems == "" {
			t.Errorf("%q: exit code %d, %q", line, code, problems)
		}
	}
}

func TestAnUnknownLanguageIsRefusedAndTheKnownOnesAreNamed(t *testing.T) {
	for _, line := range []string{"version --lang de", "--lang=klingon version", "--lang xx-YY", "status --lang en-nonsense-nonsense-n"} {
		if code, out, problems := try("en", strings.Fields(line)...); code != exitUsage || out != "" || !strings.Contains(problems, "en, zh-CN") {
			t.Errorf("%q: exit code %d, %q, %q", line, code, out, problems)
		}
	}
	for _, lang := range []string{"en", "en-GB", "zh", "zh_CN.UTF-8", "zh-TW", ""} {
		if code, _, problems := try("en", "version", "--lang="+lang); code != 0 {
			t.Errorf("%q: exit code %d, %q", lang, code, problems)
		}
	}
}

func TestFailureExitsWithOne(t *testing.T) {
	for _, line := range []string{"check /does/not/exist", "run -f /does/not/exist --run-dir " + t.TempDir(), "status --run-dir /does/not/exist"} {
		if code, _, problems := try("en", strings.Fields(line)...); code != exitFailed {
			t.Errorf("%q: exit code %d, %q", line, code, problems)
		}
	}
}

func TestVersionAndHelpExitWithZero(t *testing.T) {
	for _, line := range []string{"version", "-v", "--version", "user --help", "help user reset", "apply --help", "--help", "run --help", "help run", "vrrp release --help", ""} {
		code, out, _ := try("en", strings.Fields(line)...)
		if code != 0 || out == "" {
			t.Errorf("%q: exit code %d, %q", line, code, out)
		}
	}
	if _, out, _ := try("en", "version"); !strings.HasPrefix(out, "holdfast 1.2.3 ") {
		t.Error(out)
	}
}

func TestEveryCommandAndFlagHasWordsInEveryLanguage(t *testing.T) {
	for _, lang := range assets.Langs {
		e := &env{Lang: lang, Out: io.Discard, Err: io.Discard}
		root := newRoot(e)
		speak(e, root)
		var walk func(*cobra.Command)
		walk = func(c *cobra.Command) {
			if strings.HasPrefix(c.Short, "[") || c.Short == "" {
				t.Errorf("%s: %s has no words: %s", lang, c.CommandPath(), c.Short)
			}
			c.LocalFlags().VisitAll(func(f *pflag.Flag) {
				if strings.HasPrefix(f.Usage, "[") || f.Usage == "" {
					t.Errorf("%s: %s --%s has no words: %s", lang, c.CommandPath(), f.Name, f.Usage)
				}
			})
			for _, sub := range c.Commands() {
				if sub.Name() != "help" {
					walk(sub)
				}
			}
		}
		walk(root)
		if usage := usageTemplate(e); strings.Contains(usage, "[cli.") {
			t.Errorf("%s: the usage lacks words: %s", lang, usage)
		}
	}
}

func TestHelpIsInTheReadersLanguage(t *testing.T) {
	if _, out, _ := try("zh-CN", "run", "--help"); !strings.Contains(out, "用法：") || strings.Contains(out, "Usage:") {
		t.Error(out)
	}
}

func TestLanguageIsTheFlagsElseTheLocales(t *testing.T) {
	locale := func(vars map[string]string) func(string) string {
		return func(name string) string { return vars[name] }
	}
	for _, c := range []struct {
		args string
		vars map[string]string
		want string
	}{
		{"version", nil, "en"},
		{"version", map[string]string{"LANG": "zh_CN.UTF-8"}, "zh-CN"},
		{"version", map[string]string{"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"},
		{"version", map[string]string{"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN"}, "zh-CN"},
		{"version --lang en", map[string]string{"LANG": "zh_CN.UTF-8"}, "en"},
		{"--lang=zh version", nil, "zh-CN"},
	} {
		if got := language(strings.Fields(c.args), locale(c.vars)); got != c.want {
			t.Errorf("%q with %v: %s", c.args, c.vars, got)
		}
	}
}
