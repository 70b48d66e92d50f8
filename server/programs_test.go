package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckNamesAScriptThatOthersMayWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "down.sh")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	text := file(t, "vrrp_script s {\n    script \""+path+"\"\n}\n")
	for mode, want := range map[os.FileMode]bool{0o777: true, 0o755: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		out, _, _ := holdfast(t, "en", "check", text)
		if got := strings.Contains(out, "script-writable"); got != want {
			t.Errorf("mode %o: named is %v:\n%s", mode, got, out)
		}
	}
}
