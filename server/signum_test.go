package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestSignumPrintsKeepalivedsNumbers(t *testing.T) {
	for name, want := range map[string]string{"DATA": "10\n", "STATS": "12\n", "JSON": "36\n", "STATS_CLEAR": "63\n", "STOP": "15\n", "RELOAD": "1\n"} {
		if code, out, _ := try("en", "--signum="+name); code != 0 || out != want {
			t.Errorf("%s: exit code %d, %q", name, code, out)
		}
	}
	if code, out, problems := try("en", "--signum", "json"); code != exitUsage || out != "" || !strings.Contains(problems, "STATS_CLEAR") {
		t.Errorf("exit code %d, %q, %q", code, out, problems)
	}
}

// Exporters take the second word of the first line of standard error, less its first
// letter, and look for --enable-json.
func TestUnderKeepalivedsNameTheVersionIsAnsweredAsThere(t *testing.T) {
	for _, arg := range []string{"-v", "--version"} {
		var said bytes.Buffer
		e := &env{Lang: "en", Err: &said, Version: "1.2.3"}
		if !answersAs(e, "/usr/local/sbin/keepalived", []string{arg}) {
			t.Fatal(arg, "is not answered")
		}
		text := said.String()
		if line, _, cut := strings.Cut(text, "\n"); !cut || strings.Split(line, " ")[1] != "v2.2.7" || !strings.Contains(text, "--enable-json") {
			t.Error(text)
		}
	}
	for _, line := range []string{"/usr/sbin/holdfast -v", "keepalived run -f x", "keepalived -v -l", "keepalived"} {
		words := strings.Fields(line)
		if answersAs(&env{}, words[0], words[1:]) {
			t.Error(line, "is answered as by keepalived")
		}
	}
}
