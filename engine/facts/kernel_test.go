package facts_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/engine/facts"
)

func TestFilesThatTheKernelMakesAreNotRead(t *testing.T) {
	for _, name := range []string{"/proc/kmsg", "/proc/self/status", "/proc/version", "/sys/kernel/uevent_seqnum"} {
		_, err := facts.ReadText(name)
		if refused := (*facts.RefusedError)(nil); !errors.As(err, &refused) || refused.Code != "kernel" {
			t.Errorf("%s: %v", name, err)
		}
		if found, err := facts.Files()(name, "/etc/x.conf"); len(found) != 0 || err == nil {
			t.Errorf("include %s gives %d texts, %v", name, len(found), err)
		}
	}
	for _, pattern := range []string{"/proc/*", "/proc/sys/kernel/*", "/sys/*/*"} {
		if found, err := facts.Files()(pattern, "/etc/x.conf"); len(found) != 0 {
			t.Errorf("include %s gives %d texts, %v", pattern, len(found), err)
		}
	}
}

// Whatever the kernel makes is refused by where it lies, and is not opened for that.
func TestNoFileBelowProcAndSysIsRead(t *testing.T) {
	t.Parallel()
	looked := 0
	for _, root := range []string{"/proc", "/proc/self/", "/sys"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return fs.SkipDir // of a process that ended
			case d.IsDir() && root == "/proc" && strings.Count(name, "/") == 2 && strings.Trim(name[6:], "0123456789") == "":
				return fs.SkipDir // the processes come and go; self stands for them
			case !d.Type().IsRegular():
				return nil
			}
			looked++
			_, failed := facts.ReadText(name)
			if refused := (*facts.RefusedError)(nil); !errors.As(failed, &refused) && !errors.Is(failed, fs.ErrNotExist) {
				t.Errorf("%s: %v", name, failed)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if looked < 1000 {
		t.Errorf("only %d files were looked at", looked)
	}
}

func TestLinkOfAProcessToATextIsRead(t *testing.T) {
	dir := folder(t, map[string]string{"a.conf": "x\n"})
	if text, err := facts.ReadText("/proc/self/root" + dir + "/a.conf"); err != nil || string(text) != "x\n" {
		t.Errorf("%q, %v", text, err)
	}
}
