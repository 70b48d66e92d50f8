package script

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrUnsafe means that others than root could replace a program that is to run
// as root.
var ErrUnsafe = errors.New("unsafe permissions")

// maxLinks bounds the symbolic links of one path, as the kernel does.
const maxLinks = 40

// Unsafe is what others than root could change to have a program of their own run
// in place of the one at path: the file, a directory or a symbolic link on the way.
// It is "" where root alone decides. The rule is that of keepalived's
// enable_script_security: everything belongs to root, nothing can be written by
// others. A directory with the sticky bit may be, since nobody replaces another's
// files in it.
func Unsafe(path string) (culprit string, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return "", fmt.Errorf("look at %s: %w", path, err)
	}
	at, rest, links := "/", split(path), 0
	for {
		info, err := os.Lstat(at)
		if err != nil {
			return "", fmt.Errorf("look at %s: %w", at, err)
		}
		if !onlyRoot(info) {
			return at, nil
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			if links++; links > maxLinks {
				return "", fmt.Errorf("look at %s: %w", path, syscall.ELOOP)
			}
			to, err := os.Readlink(at)
			if err != nil {
				return "", fmt.Errorf("look at %s: %w", at, err)
			}
			rest = append(split(to), rest...)
			if at = filepath.Dir(at); filepath.IsAbs(to) {
				at = "/"
			}
			continue
		}
		if len(rest) == 0 {
			return "", nil
		}
		// The parent of a directory that was reached by a link is the real one.
		at, rest = filepath.Join(at, rest[0]), rest[1:]
	}
}

// split is the names on a path.
func split(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == filepath.Separator })
}

// onlyRoot says whether nobody but root can change what info describes. The
// permissions of a symbolic link mean nothing.
func onlyRoot(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st.Uid != 0 {
		return false
	}
	mode := info.Mode()
	if mode&fs.ModeSymlink != 0 || mode.IsDir() && mode&fs.ModeSticky != 0 {
		return true
	}
	return mode.Perm()&0o002 == 0 && (mode.Perm()&0o020 == 0 || st.Gid == 0)
}

// trusted refuses a program that somebody other than root could replace.
func trusted(path string) error {
	culprit, err := Unsafe(path)
	if err != nil {
		return err
	}
	if culprit != "" {
		return fmt.Errorf("%w: %s can be changed by others than root", ErrUnsafe, culprit)
	}
	return nil
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
