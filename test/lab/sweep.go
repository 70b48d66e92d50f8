package lab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// ip runs a batch of ip(8) commands.
func ip(batch *strings.Builder, args ...string) error {
	cmd := exec.Command("ip", append(args, "-batch", "-")...)
	cmd.Stdin = strings.NewReader(batch.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}

// sweep removes what labs of processes that were killed left behind: the name
// of a namespace tells whose it was.
func sweep() {
	entries, _ := os.ReadDir("/run/netns")
	owned := regexp.MustCompile(`^hf(\d+)-\d+-`)
	for _, e := range entries {
		m := owned.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		if _, err := os.Stat("/proc/" + m[1]); err == nil {
			continue
		}
		for _, pid := range pidsIn("/run/netns/" + e.Name()) {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		exec.Command("ip", "netns", "del", e.Name()).Run()
		dirs, _ := filepath.Glob(memory() + "/" + strings.TrimSuffix(m[0], "-") + "-*")
		for _, d := range dirs {
			os.RemoveAll(d)
		}
	}
}
