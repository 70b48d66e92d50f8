package parent

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"holdfast/engine/claim"
)

// Rivals are the virtual routers that processes of other run directories have, by
// the names of their claims. A role of runDir that outlived its parent is no rival:
// the next parent adopts what it has. runDir is absolute.
func Rivals(runDir string) map[string]claim.Holder {
	found := map[string]claim.Holder{}
	for _, name := range claim.Taken("router ") {
		h, err := claim.Ask(name)
		if err != nil || h == nil || h.Dir == runDir || h.Dir == "" && signed(runDir, h.PID) {
			continue
		}
		found[name] = *h
	}
	return found
}

// signed says whether the vrrp role's lock of runDir bears the number of a process,
// which may have stopped answering.
func signed(runDir string, pid int) bool {
	text, err := os.ReadFile(filepath.Join(runDir, "vrrp.lock"))
	return err == nil && strings.TrimSpace(string(text)) == strconv.Itoa(pid)
}
