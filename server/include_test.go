package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder writes files into a directory of its own and gives its path.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o644)
		if strings.HasSuffix(name, ".sh") {
			mode = 0o755
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestIncludedFilesAreReadInPlace(t *testing.T) {
	dir := folder(t, map[string]string{
		"keepalived.conf":  "$LINK=lo\ninclude conf.d/{b,a}*.conf\ninclude absent.conf\n",
		"conf.d/a.conf":    "global_defs {\n    router_idd x\n}\ninclude ../common.inc\n",
		"conf.d/b.conf":    "vrrp_instance B {\n    interface $LINK\n    virtual_router_id 5\n    include addresses\n}\n",
		"conf.d/addresses": "virtual_ipaddress {\n    10.0.0.1\n}\n",
		"conf.d/a.conf.sh": "nonsense\n",
		"common.inc":       "include keepalived.conf\n",
	})
	path := filepath.Join(dir, "keepalived.conf")
	out, _, code := holdfast(t, "en", "check", path)
	for _, want := range []string{
		filepath.Join(dir, "conf.d/a.conf") + ":2:5: warning: router_idd",
		path + ":3:1: warning: No file to read for absent.conf",
		filepath.Join(dir, "common.inc") + ":1:1: error: " + path + " includes itself",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
}
