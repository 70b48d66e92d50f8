package parent

import (
	"log/slog"
	"os"
	"strconv"
	"strings"

	"holdfast/engine/atomicfile"
)

// WritePIDFile writes this process's number where others look for it, and gives the
// function that removes it. Nothing waits for such a file: a place that cannot be
// written is told, and that is all.
func WritePIDFile(path string, log *slog.Logger) (remove func()) {
	if path == "" {
		return func() {}
	}
	own := strconv.Itoa(os.Getpid()) + "\n"
	err := atomicfile.WriteShared(path, []byte(own))
	if err == nil {
		err = os.Chmod(path, 0o644)
	}
	if err != nil {
		log.Error("writing the pid file", "path", path, "err", err)
	}
	return func() {
		text, err := os.ReadFile(path)
		if err != nil || strings.TrimSpace(string(text)) != strings.TrimSpace(own) {
			return // another process has written its own there
		}
		if err := atomicfile.Remove(path); err != nil {
			log.Error("removing the pid file", "path", path, "err", err)
		}
	}
}
