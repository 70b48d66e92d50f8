package main

import (
	"strings"
	"testing"
)

// row is the line of an output that begins with a number.
func row(t *testing.T, out, number string) string {
	t.Helper()
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, number+": ") {
			return line
		}
	}
	t.Fatalf("no line %s in\n%s", number, out)
	return ""
}

func TestExplainTellsOfEachLineWhatItBecameAndDoes(t *testing.T) {
	path := file(t, "$IF=lo\n! words\nvrrp_instance V {\n    interface $IF\n    virtual_router_id 7\n    prioriti 5\n"+
		"    virtual_ipaddress {\n        192.0.2.177/32\n    }\n@other priority 3\n}\n")
	out, errs, code := holdfast(t, "en", "import", "--explain", path, "--node", "n1", "--run-dir", t.TempDir())
	if code != 0 {
		t.Fatalf("code %d: %s", code, errs)
	}
	for number, want := range map[string]string{"1": "a definition", "2": "a comment", "4": "interface lo", "6": "Did you mean priority?",
		"8": "ip address add 192.0.2.177/32 dev lo", "10": "for another node"} {
		if line := row(t, out, number); !strings.Contains(line, want) {
			t.Errorf("no %q in %q", want, line)
		}
	}
	if !strings.Contains(out, "1 operations") {
		t.Errorf("no count in\n%s", out)
	}
}

func TestExplainSaysAloudThatThereIsNothingToDo(t *testing.T) {
	out, _, code := holdfast(t, "en", "import", "--explain", file(t, "global_defs {\n    router_id x\n}\n"), "--run-dir", t.TempDir())
	if code != 0 || !strings.Contains(out, "Zero operations") {
		t.Errorf("code %d:\n%s", code, out)
	}
}

func TestExplainOfATextWithErrorsNamesThemAndFails(t *testing.T) {
	out, _, code := holdfast(t, "en", "import", "--explain", file(t, "vrrp_instance V {\n    priority\n}\n"))
	if code != exitFailed || !strings.Contains(row(t, out, "2"), "needs a value") {
		t.Errorf("code %d:\n%s", code, out)
	}
}

func TestExportForAnOlderKeepalivedLeavesOutItsUnknownWords(t *testing.T) {
	data := t.TempDir()
	if _, errs, code := holdfast(t, "en", "import", file(t, "global_defs {\n    use_symlink_paths yes\n    router_id x\n}\n"), "--data", data); code != 0 {
		t.Fatal(errs)
	}
	out, errs, code := holdfast(t, "en", "export", "--target", "2.2.7", "--data", data)
	if code != 0 || strings.Contains(out, "use_symlink_paths") || !strings.Contains(out, "router_id x") || !strings.Contains(errs, "use_symlink_paths") {
		t.Errorf("code %d:\n%s%s", code, out, errs)
	}
	if _, _, code := holdfast(t, "en", "export", "--target", "1.0", "--data", data); code != exitUsage {
		t.Errorf("code %d", code)
	}
}
