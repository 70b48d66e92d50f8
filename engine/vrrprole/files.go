package vrrprole

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

// files are the track_files that some instance tracks: the numbers in them.
type files struct {
	work   context.Context // ends the watching
	group  *sync.WaitGroup
	tell   func(input)
	log    *slog.Logger
	watch  func(ctx context.Context, dir string, changed func(name string)) error
	byName map[string]*trackedFile
}

// trackedFile is a file that is watched.
type trackedFile struct {
	cfg   model.TrackFile
	known bool // it was read
	value int64
	stop  context.CancelFunc
}

// fileRead is a number that was read.
type fileRead struct {
	file  *trackedFile
	value int64
	none  bool // it is out of range: the one before stays, at first 0
	at    time.Time
}

// change makes the files of a configuration that are tracked the ones that are watched.
func (f *files) change(cfg model.Config, tracked map[string]bool, began bool) {
	old := f.byName
	f.byName = map[string]*trackedFile{}
	for _, c := range cfg.Files {
		if !tracked[c.Name] || f.byName[c.Name] != nil {
			continue
		}
		if was := old[c.Name]; was != nil && was.cfg.File == c.File {
			was.cfg = c
			f.byName[c.Name] = was
			delete(old, c.Name)
			continue
		}
		one := &trackedFile{cfg: c}
		f.byName[c.Name] = one
		f.start(one, began)
	}
	for _, gone := range old {
		gone.stop()
	}
}

// start makes a file where the text asks for it, and watches it. As with keepalived one
// that is there is written over at the start only.
func (f *files) start(one *trackedFile, began bool) {
	ctx, cancel := context.WithCancel(f.work)
	one.stop = cancel
	path, init := one.cfg.File, one.cfg.Init
	f.group.Go(func() {
		if err := initFile(path, init, began); err != nil {
			f.log.Warn("a tracked file could not be made", "file", path, "reason", err)
		}
		f.follow(ctx, one, path)
	})
}

// follow reads a file whenever it changes, until ctx ends. While its directory is not
// there it looks again.
func (f *files) follow(ctx context.Context, one *trackedFile, path string) {
	dir, name := filepath.Split(path)
	read := func() {
		if value, err := readNumber(path); err == nil {
			f.tell(fileRead{one, value, false, time.Now()})
		} else {
			f.log.Warn("a tracked file holds no number in its range", "file", path, "reason", err)
			f.tell(fileRead{one, 0, true, time.Now()})
		}
	}
	for ctx.Err() == nil {
		err := f.watch(ctx, dir, func(changed string) {
			if changed == "" || changed == name {
				read()
			}
		})
		if ctx.Err() != nil {
			return
		}
		read()
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			f.log.Warn("a tracked file cannot be watched", "file", path, "reason", err)
		}
		pause := time.NewTimer(time.Second)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
		}
	}
}

// initFile makes a file with the number that init_file says.
func initFile(path string, init model.Opt[model.InitFile], began bool) error {
	if !init.Written {
		return nil
	}
	if info, err := os.Stat(path); err == nil && (!init.Val.Overwrite || began || !info.Mode().IsRegular()) {
		return nil
	}
	return os.WriteFile(path, fmt.Appendf(nil, "%d\n", init.Val.Value), 0o600)
}

// readNumber is the number at the beginning of a file, 0 where there is none: as with
// keepalived a leading 0x or 0 makes it one of another base.
func readNumber(path string) (int64, error) {
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

// value is the number in a file, and whether it is known.
func (f *files) value(name string) (vrrp.Answer, int64) {
	one := f.byName[name]
	switch {
	case one == nil:
		return vrrp.Absent, 0
	case !one.known:
		return vrrp.Unknown, 0
	}
	return vrrp.Good, one.value
}

// valuesUnder are the numbers right after a change to a configuration: of a file that
// is watched already, else none is known.
func (f *files) valuesUnder(cfg model.Config) map[string]*trackedFile {
	values := map[string]*trackedFile{}
	for _, c := range cfg.Files {
		if values[c.Name] == nil {
			values[c.Name] = &trackedFile{cfg: c}
			if was := f.byName[c.Name]; was != nil && was.cfg.File == c.File {
				values[c.Name].known, values[c.Name].value = was.known, was.value
			}
		}
	}
	return values
}

// clone shares nothing that changes, and watches nothing.
func (f *files) clone() *files {
	byName := make(map[string]*trackedFile, len(f.byName))
	for name, one := range f.byName {
		byName[name] = &trackedFile{cfg: one.cfg, known: one.known, value: one.value}
	}
	return &files{byName: byName}
}

func (v fileRead) reach(l *loop) {
	one := v.file
	if l.files.byName[one.cfg.Name] != one || one.known && (v.none || one.value == v.value) {
		return
	}
	one.known, one.value = true, v.value
	l.log.Info("a tracked file holds another number", "file", one.cfg.Name, "value", v.value)
	l.changed = v.at
}
