package parent_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"holdfast/test/lab"
)

func TestThePIDFileNamesTheParentAndGoesWithIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	file := filepath.Join(h.lab.Dir, "keepalived.pid")
	p := h.node.Start("first", lab.Setting{}, binary, "run", "-f", h.file, "--run-dir", h.run, "--node", "d1", "--pid-file", file)
	h.role("vrrp")
	if text, err := os.ReadFile(file); err != nil || string(text) != fmt.Sprintln(p.PID()) {
		t.Error(string(text), err)
	}
	p.Stop()
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Error("it is still there:", err)
	}
}

func TestAPIDFileOfAnotherProcessIsLeft(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	file := filepath.Join(h.lab.Dir, "keepalived.pid")
	p := h.node.Start("first", lab.Setting{}, binary, "run", "-f", h.file, "--run-dir", h.run, "--node", "d1", "--pid-file", file)
	h.role("vrrp")
	if err := os.WriteFile(file, []byte("1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p.Stop()
	if text, err := os.ReadFile(file); string(text) != "1\n" {
		t.Error(string(text), err)
	}
}
