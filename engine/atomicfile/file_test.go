package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestAFileIsReplacedWholeAndForItsOwnerAlone(t *testing.T) {
	for name, write := range map[string]func(string, []byte) error{"durably": WriteDurably, "in memory": WriteVolatile, "among others": WriteShared} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x")
			for _, text := range []string{"a longer text", "short"} {
				if err := write(path, []byte(text)); err != nil {
					t.Fatal(err)
				}
				if got, err := os.ReadFile(path); string(got) != text || err != nil {
					t.Fatal(string(got), err)
				}
			}
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Error(info.Mode(), err)
			}
			if left, err := os.ReadDir(filepath.Dir(path)); len(left) != 1 || err != nil {
				t.Error(left, err)
			}
		})
	}
}

func TestAWriteThatFailsLeavesTheOldBytes(t *testing.T) {
	for name, write := range map[string]func(string, []byte) error{"durably": WriteDurably, "in memory": WriteVolatile, "among others": WriteShared} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x")
			if err := os.Mkdir(path, 0o700); err != nil { // nothing can be renamed over it
				t.Fatal(err)
			}
			if err := write(path, []byte("text")); err == nil {
				t.Fatal("written")
			}
			if info, err := os.Stat(path); err != nil || !info.IsDir() {
				t.Error(err)
			}
		})
	}
}

func TestWhatIsNotThereIsRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if err := Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := WriteVolatile(path, nil); err != nil {
		t.Fatal(err)
	}
	if err := Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error(err)
	}
}

func TestALinkAmongOthersIsReplacedAndNotFollowed(t *testing.T) {
	dir := t.TempDir()
	path, target := filepath.Join(dir, "x"), filepath.Join(dir, "target")
	if err := errors.Join(os.WriteFile(target, []byte("theirs"), 0o600), os.Symlink(target, path)); err != nil {
		t.Fatal(err)
	}
	if err := WriteShared(path, []byte("ours")); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(target); string(text) != "theirs" || err != nil {
		t.Error(string(text), err)
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		t.Error(info, err)
	}
}
