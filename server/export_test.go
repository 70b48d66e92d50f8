package main

import (
	"strings"
	"testing"
)

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
