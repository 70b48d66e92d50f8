package script

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestShellLineIsNoWayAroundScriptSecurity(t *testing.T) {
	path := filepath.Join(t.TempDir(), "theirs") // below a directory that everybody may write to
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	run := func(line string) Result {
		return do(t, Job{Argv: []string{"/bin/sh", "-c", line}, User: "root", Secure: true})
	}
	for _, line := range []string{path + " && true", "true;" + path, `x="` + path + `"; $x`, "(" + path + ")"} {
		if r := run(line); !errors.Is(r.Err, ErrUnsafe) {
			t.Errorf("%s: %+v", line, r)
		}
	}
	for _, line := range []string{"/bin/true && true", "/bin/true > /dev/null", "/bin/test ! -e /tmp/no-such-flag"} {
		if r := run(line); !r.OK() {
			t.Errorf("%s: %+v", line, r)
		}
	}
}
