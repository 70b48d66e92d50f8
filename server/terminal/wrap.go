package terminal

import (
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// Width is how many columns the terminal behind w has, 0 where there is
// no terminal.
func Width(w io.Writer) int {
	f, ok := Unwrap(w).(*os.File)
	if !ok {
		return 0
	}
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0
	}
	return int(size.Col)
}

// unfit may not stand at the beginning of a line.
const unfit = "，。：；！？、）」』”’》"

// wrap breaks a text into lines of at most so many columns, all but the first
// shorter by what they hang in: at blanks where it can, between characters of
// Chinese, and anywhere in a word that is longer.
func wrap(text string, wide int) []string {
	var lines []string
	for Columns(text) > wide {
		cut, at, n := 0, 0, 0
		for i, r := range text {
			if n += Columns(string(r)); n > wide {
				break
			}
			at = i + len(string(r))
			next, _ := utf8.DecodeRuneInString(text[at:])
			if r == ' ' && strings.TrimSpace(text[:i]) != "" || Columns(string(r)) == 2 && !strings.ContainsRune(unfit, next) {
				cut = at
			}
		}
		if cut == 0 {
			cut = max(at, 1)
		}
		if lines == nil {
			wide = max(wide-len(hang), 1)
		}
		lines = append(lines, strings.TrimRight(text[:cut], " "))
		text = strings.TrimLeft(text[cut:], " ")
	}
	return append(lines, text)
}

// pad fills a cell up to so many columns.
func pad(text string, wide int) string {
	return text + strings.Repeat(" ", max(0, wide-Columns(text)))
}
