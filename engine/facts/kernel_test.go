package facts_test

import (
	"errors"
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

func TestLinkOfAProcessToATextIsRead(t *testing.T) {
	dir := folder(t, map[string]string{"a.conf": "x\n"})
	if text, err := facts.ReadText("/proc/self/root" + dir + "/a.conf"); err != nil || string(text) != "x\n" {
		t.Errorf("%q, %v", text, err)
	}
}
