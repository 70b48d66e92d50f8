package trackfile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/model"
)

// Watcher tells of changes in a directory, as Watch does.
type Watcher func(ctx context.Context, dir string, changed func(name string)) error

// Follow reads a file whenever it changes, until ctx ends, and tells what it holds; none
// is that it holds no number in its range. While its directory is not there it looks
// again.
func Follow(ctx context.Context, watch Watcher, path string, log *slog.Logger, tell func(value int64, none bool)) {
	dir, name := filepath.Split(path)
	read := func() {
		value, err := Read(path)
		if err != nil {
			log.Warn("a tracked file holds no number in its range", "file", path, "reason", err)
		}
		tell(value, err != nil)
	}
	for ctx.Err() == nil {
		err := watch(ctx, dir, func(changed string) {
			if changed == "" || changed == name {
				read()
			}
		})
		if ctx.Err() != nil {
			return
		}
		read()
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			log.Warn("a tracked file cannot be watched", "file", path, "reason", err)
		}
		pause := time.NewTimer(time.Second)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
		}
	}
}

// Init makes a file with the number that init_file says.
func Init(path string, init model.Opt[model.InitFile], began bool) error {
	if !init.Written {
		return nil
	}
	if info, err := os.Stat(path); err == nil && (!init.Val.Overwrite || began || !info.Mode().IsRegular()) {
		return nil
	}
	return os.WriteFile(path, fmt.Appendf(nil, "%d\n", init.Val.Value), 0o600)
}

// Read gives the number at the beginning of a file, 0 where there is none: as with
// keepalived a leading 0x or 0 makes it one of another base.
func Read(path string) (int64, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return 0, nil
	}
	defer file.Close()
	b := make([]byte, 127)
	n, _ := file.Read(b)
	return number(string(b[:n]))
}

// number is what strtol reads of a text in base 0, within 32 bits.
func number(text string) (int64, error) {
	text = strings.TrimLeft(text, " \t\n\v\f\r")
	sign := ""
	if text != "" && (text[0] == '-' || text[0] == '+') {
		sign, text = strings.TrimPrefix(text[:1], "+"), text[1:]
	}
	base, digits := 10, "0123456789"
	switch {
	case len(text) > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && strings.ContainsRune("0123456789abcdefABCDEF", rune(text[2])):
		base, digits, text = 16, "0123456789abcdefABCDEF", text[2:]
	case strings.HasPrefix(text, "0"):
		base, digits = 8, "01234567"
	}
	end := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(digits, r) })
	if end >= 0 {
		text = text[:end]
	}
	if text == "" {
		return 0, nil
	}
	return strconv.ParseInt(sign+text, base, 32)
}
