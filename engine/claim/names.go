package claim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Router names a virtual router of IPv4 or IPv6 on a link: a host has it once,
// whatever the groups or peers that its adverts go to.
func Router(link, family string, vrid int) string {
	return fmt.Sprintf("router %s %s %d", link, family, vrid)
}

// Directory names a directory by its place: the directory above it and its own name.
// A directory that was removed, and the one that comes after it, have the same name.
func Directory(path string) (string, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(full); err == nil {
		full = real
	}
	above := filepath.Dir(full)
	info, err := os.Stat(above)
	if err != nil {
		return "", err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", fmt.Errorf("stat %s: %w", above, os.ErrInvalid)
	}
	return fmt.Sprintf("directory %d:%d %s", st.Dev, st.Ino, filepath.Base(full)), nil
}

// digest stands for a name that is too long for a socket's.
func digest(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}
