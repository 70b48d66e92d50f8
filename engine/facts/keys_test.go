package facts

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestTheFileOfAKeyIsReadAsFarAsAKeyGoes(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if f, err := keyFile(write("good", "key\n", 0o600)); err != nil || f.Text != "key\n" || f.Shared || f.Large {
		t.Errorf("%d bytes, %v, %v, %v", len(f.Text), f.Shared, f.Large, err)
	}
	if f, err := keyFile(write("shared", "key\n", 0o640)); err != nil || !f.Shared {
		t.Errorf("%v, %v", f.Shared, err)
	}
	if f, err := keyFile(write("large", strings.Repeat("k", largestKeyFile+1), 0o600)); err != nil || !f.Large {
		t.Errorf("%v, %v", f.Large, err)
	}
	if _, err := keyFile(filepath.Join(dir, "none")); err == nil {
		t.Error("a missing file is read")
	}
	if _, err := keyFile(dir); err == nil {
		t.Error("a folder is read")
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := keyFile(pipe); err == nil && f.Text != "" {
		t.Error("a pipe without a writer has a text")
	}
	if f, err := keyFile("/dev/zero"); err != nil || !f.Large {
		t.Errorf("%v, %v", f.Large, err)
	}
}
