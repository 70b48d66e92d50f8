package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/engine/model"
)

// routers is the text of one of two routers that differ in three lines.
func routers(state string, priority int, more string) string {
	return fmt.Sprintf("vrrp_instance V {\n    state %s\n    interface eth0\n    virtual_router_id 7\n    priority %d\n%s    virtual_ipaddress {\n        192.0.2.1\n    }\n}\n", state, priority, more)
}

func twoFiles(t *testing.T, one, other string) (string, string) {
	t.Helper()
	dir := t.TempDir()
	a, b := filepath.Join(dir, "d1.conf"), filepath.Join(dir, "d2.conf")
	for path, text := range map[string]string{a: one, b: other} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return a, b
}

func TestTwoFilesOfAPairBecomeOneText(t *testing.T) {
	one, other := routers("MASTER", 110, ""), routers("BACKUP", 100, "    nopreempt\n")
	a, b := twoFiles(t, one, other)
	data := t.TempDir()
	out, errs, code := holdfast(t, "en", "import", a, b, "--data", data)
	for _, line := range []string{"@d1     state MASTER", "@d2     state BACKUP", "@d1     priority 110", "@d2     nopreempt"} {
		if !strings.Contains(out, line) {
			t.Errorf("code %d: %q is not shown in\n%s%s", code, line, out, errs)
		}
	}
	both, _, _ := holdfast(t, "en", "export", "--data", data)
	if strings.Count(both, "virtual_router_id") != 1 {
		t.Errorf("what both say does not stand once:\n%s", both)
	}
	for node, text := range map[string]string{"d1": one, "d2": other} {
		own, _, _ := holdfast(t, "en", "export", "--data", data, "--node", node)
		want, _ := model.Parse("x", []byte(text), model.Facts{Node: node})
		got, _ := model.Parse("x", []byte(own), model.Facts{Node: node})
		if strings.Contains(own, "@") || !model.Equal(want, got) {
			t.Errorf("%s gets\n%s", node, own)
		}
	}
}

func TestPairNeedsTwoNames(t *testing.T) {
	a, b := twoFiles(t, routers("MASTER", 110, ""), routers("BACKUP", 100, ""))
	if _, _, code := holdfast(t, "en", "import", a, b, "--nodes", "d1,d1", "--data", t.TempDir()); code != exitUsage {
		t.Errorf("code %d", code)
	}
}

func TestPairWhoseLinesCannotBeMarkedIsRefused(t *testing.T) {
	// The lines of a definition cannot stand behind a mark.
	a, b := twoFiles(t, "$BODY= \\\ninterface eth0 \\\npriority 1\n"+routers("MASTER", 110, "    $BODY\n"),
		"$BODY= \\\ninterface eth0 \\\npriority 2\n"+routers("MASTER", 110, "    $BODY\n"))
	if _, errs, code := holdfast(t, "en", "import", a, b, "--data", t.TempDir()); code != exitFailed || !strings.Contains(errs, "nothing was imported") {
		t.Errorf("code %d: %s", code, errs)
	}
}

func TestPairNamesAWeightThatCannotChangeTheWinner(t *testing.T) {
	script := "vrrp_script s {\n    script /bin/true\n    weight -5\n}\n"
	tracked := "    track_script {\n        s\n    }\n"
	for lower, want := range map[int]bool{100: true, 106: false} {
		a, b := twoFiles(t, script+routers("MASTER", 110, tracked), script+routers("BACKUP", lower, tracked))
		out, errs, _ := holdfast(t, "en", "import", a, b, "--data", t.TempDir())
		if got := strings.Contains(out, "can never change the winner"); got != want {
			t.Errorf("against %d: named is %v:\n%s%s", lower, got, out, errs)
		}
	}
}
