package main

import (
	"os"
	"strings"
	"testing"
)

func TestImportedTextIsExportedByteForByte(t *testing.T) {
	data := t.TempDir()
	path := tutorial + "tutorial-node1.conf"
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, errs, code := holdfast(t, "en", "import", path, "--data", data)
	if code != 0 || !strings.Contains(out, "revision 1") {
		t.Fatalf("code %d: %s %s", code, out, errs)
	}
	if out, _, code := holdfast(t, "en", "export", "--data", data); code != 0 || out != string(want) {
		t.Errorf("code %d, exported %d bytes, imported %d", code, len(out), len(want))
	}
	if out, _, code := holdfast(t, "en", "import", path, "--data", data); code != 0 || !strings.Contains(out, "already") {
		t.Errorf("the same text again: code %d: %s", code, out)
	}
}

func TestTextWithErrorsIsNotImported(t *testing.T) {
	data := t.TempDir()
	_, errs, code := holdfast(t, "en", "import", file(t, "vrrp_instance V {\n"), "--data", data)
	if code != 1 || !strings.Contains(errs, "not imported") {
		t.Errorf("code %d: %s", code, errs)
	}
	if _, _, code := holdfast(t, "en", "export", "--data", data); code != 1 {
		t.Errorf("export of nothing: code %d", code)
	}
}
