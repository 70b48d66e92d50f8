package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"holdfast/server/terminal"
)

// hostile are characters that a terminal obeys, or that its reader does not see.
func hostile() []rune {
	all := []rune{0x7f, 0xad, 0x61c, 0x180e, 0x2028, 0x2029, 0xfeff, 0xe0001, 0xe0041, 0x034f, 0x3164}
	for _, span := range [][2]rune{{1, 8}, {0xe, 0x1f}, {0x80, 0x9f}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064}, {0x2066, 0x206f}, {0xfff9, 0xfffb}} {
		for r := span[0]; r <= span[1]; r++ {
			all = append(all, r)
		}
	}
	return all
}

func TestNoTextWritesToTheTerminal(t *testing.T) {
	all := hostile()
	odd := string(all)
	for place, text := range map[string]string{
		"word":       "no%[1]sword x\n",
		"value":      "vrrp_instance A {\n interface e%[1]s\n virtual_router_id 3%[1]s\n state MAS%[1]s\n}\n",
		"name":       "vrrp_instance \"A%[1]s\" {\n interface eth0\n virtual_router_id 3\n virtual_ipaddress {\n 192.0.2.%[1]s\n 192.0.2.1 foo%[1]s\n }\n track_script {\n s%[1]s\n }\n}\n",
		"script":     "vrrp_script s {\n script \"/bin/x%[1]s || exit 1\"\n user u%[1]s\n}\n",
		"definition": "$A=x%[1]s\n$B%[1]s\nkw${A}\n~SEQ(a%[1]s\nnotify $A\n",
		"include":    "include /nowhere/%[1]s\n",
		"comment":    "! a %[1]s\nglobal_defs { # %[1]s\n router_id \"%[1]s\"\n}\n",
		"server":     "virtual_server 10.0.0.%[1]s 80 {\n}\nvirtual_server 10.0.0.1 80 {\n lvs_sched r%[1]s\n real_server 10.0.0.2 80 {\n HTTP_GET {\n url {\n path /%[1]s\n digest %[1]s\n virtualhost \"a %[1]s\"\n }\n }\n }\n}\n",
	} {
		path := file(t, strings.Repeat("! plain text\n", 400)+fmt.Sprintf(text, odd)) // else it is taken for no text
		for _, lang := range []string{"en", "zh"} {
			for _, args := range [][]string{{"check", path}, {"import", "--explain", path}, {"plan", path}, {"export", "--node", "x" + odd, path}, {"check", path + odd}} {
				out, errs, _ := holdfast(t, lang, args...)
				if args[0] == "export" {
					out = "" // a text, as it is
				}
				raw(t, place+" "+args[0], out+errs)
			}
		}
		out, _, _ := holdfast(t, "en", "check", "--json", path)
		raw(t, place+" check --json", out)
		if !json.Valid([]byte(out)) {
			t.Errorf("%s: no JSON: %s", place, out)
		}
	}
}

// Wrong usage is told before a command runs, and repeats what was typed or pasted.
func TestNoWrongUsageWritesToTheTerminal(t *testing.T) {
	odd := string(hostile())
	for _, args := range [][]string{{"a" + odd}, {"check", "--no" + odd}, {"user", "x" + odd},
		{"fmt", "--target", odd, "-"}, {"drain", odd}, {"--signum", odd}, {"export", "--target", odd, "-"}} {
		out, errs, code := holdfast(t, "en", args...)
		if code == 0 {
			t.Errorf("%q is taken", args)
		}
		raw(t, args[0], out+errs)
	}
}

// raw wants no character in what was printed that a terminal obeys.
func raw(t *testing.T, where, printed string) {
	t.Helper()
	for _, r := range printed {
		if r != '\n' && r != '\t' && terminal.Printable(r) < 0 {
			t.Errorf("%s: %U reaches the terminal", where, r)
			return
		}
	}
}

func TestJSONKeepsWhatItEscapes(t *testing.T) {
	var b strings.Builder
	want := "a\u202e\u200b\U000e0041\x7f名"
	if err := json.NewEncoder(terminal.JSON(&b)).Encode(want); err != nil {
		t.Fatal(err)
	}
	raw(t, "JSON", b.String())
	var got string
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil || got != want {
		t.Errorf("%q came back as %q, %v", want, got, err)
	}
}
