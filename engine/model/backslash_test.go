package model

import (
	"slices"
	"testing"
)

// keepalived 2.2.7 takes the last backslash of a line for a part of its last word, and
// refuses such a number or address; a flag that bears one is an unknown word.
func TestAValueBeforeALastBackslashIsNotTaken(t *testing.T) {
	for name, text := range map[string]string{
		"behind blanks": "priority 150 \\", "behind a tab": "priority 150\t\\", "at once": "priority 150\\",
		"behind a comment": "priority 150 # best \\", "before a comment": "priority 150 \\ # best",
	} {
		c, findings := reads(t, "vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\n"+text+"\nnopreempt \\\nvirtual_ipaddress {\n192.0.2.1 \\\n192.0.2.2\n}\n}\n")
		in := c.Instances[0]
		if in.Priority.Val != 100 || in.NoPreempt || len(in.Addrs) != 1 {
			t.Errorf("%s: priority %d, nopreempt %v, %d addresses", name, in.Priority.Val, in.NoPreempt, len(in.Addrs))
		}
		var codes []string
		for _, f := range findings {
			if f.Code == "last-backslash" || f.Code == "unknown-word" {
				codes = append(codes, f.Code)
			}
		}
		if len(codes) != 3 {
			t.Errorf("%s: %v, want one of each of the three lines", name, findings)
		}
	}
}

func TestANotifyScriptBeforeALastBackslashIsNotRun(t *testing.T) {
	c, findings := reads(t, instance("A", 1, `notify_backup /x\`))
	if c.Instances[0].Notify.Backup.Written() {
		t.Error("it would run")
	}
	if len(findings) != 1 || findings[0].Code != "last-backslash" {
		t.Errorf("found %v, want last-backslash", findings)
	}
}

// keepalived 2.2.7 complains of each but the last two: of a word \ that it does not know, or
// of an address \ where addresses stand.
func TestABackslashAtTheEndOfACommentIsNamedWhereNoWordBearsIt(t *testing.T) {
	for name, row := range map[string]struct {
		text string
		line int
	}{
		"at the root":           {"# a \\\nglobal_defs {\n}\n", 1},
		"in a block":            {instance("A", 1, "! a \\"), 7},
		"in a list":             {"vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n# a \\\n192.0.2.1\n}\n}\n", 5},
		"behind a last brace":   {"global_defs {\n} # a \\\n", 2},
		"behind a first brace":  {"global_defs { # a \\\n}\n", 1},
		"behind a quoted value": {"global_defs {\nrouter_id \"a\" # b \\\n}\n", 2},
	} {
		_, findings := reads(t, row.text)
		if !slices.ContainsFunc(findings, func(f Finding) bool { return f.Code == "comment-backslash" }) {
			t.Errorf("%s: found %v, want comment-backslash", name, findings)
			continue
		}
		finds(t, findings, "comment-backslash", row.line)
	}
	for _, text := range []string{"# a \\\\\nglobal_defs {\n}\n", "$A=one \\\n# two \\\nglobal_defs {\nrouter_id x\n}\n", "# a \\ \nglobal_defs {\n}\n"} {
		if _, findings := reads(t, text); slices.ContainsFunc(findings, func(f Finding) bool { return f.Code == "comment-backslash" }) {
			t.Errorf("%q: found %v", text, findings)
		}
	}
}
