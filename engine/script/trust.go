package script

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrUnsafe means that others than root could replace a program that is to run
// as root.
var ErrUnsafe = errors.New("unsafe permissions")

// trusted refuses a program that somebody other than root could replace: each
// directory on its real path and the file itself must belong to root and must
// not be writable by others (keepalived's enable_script_security).
func trusted(path string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("look at %s: %w", path, err)
	}
	for p := real; ; p = filepath.Dir(p) {
		info, err := os.Stat(p)
		if err != nil {
			return fmt.Errorf("look at %s: %w", p, err)
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if !ok || st.Uid != 0 || info.Mode().Perm()&0o002 != 0 || (info.Mode().Perm()&0o020 != 0 && st.Gid != 0) {
			return fmt.Errorf("%w: %s can be changed by others than root", ErrUnsafe, p)
		}
		if p == filepath.Dir(p) {
			return nil
		}
	}
}

// trustedLine is trusted for what a shell is to run ("bash -c LINE"): every file
// that the line names by its full path. Which of them are programs only the shell
// knows, so all count; what is no regular file now cannot be run.
func trustedLine(argv []string) error {
	if len(argv) < 3 || argv[1] != "-c" {
		return nil
	}
	for _, word := range strings.FieldsFunc(argv[2], func(r rune) bool { return strings.ContainsRune(shellBreaks, r) }) {
		if !filepath.IsAbs(word) {
			continue
		}
		info, err := os.Stat(word)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if err := trusted(word); err != nil {
			return err
		}
	}
	return nil
}

// shellBreaks are the characters between which a shell may see a path.
const shellBreaks = " \t\n\r\"'`;|&<>(){}$=,:!"
