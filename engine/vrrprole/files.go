package vrrprole

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"holdfast/engine/model"
	"holdfast/engine/trackfile"
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
		if err := trackfile.Init(path, init, began); err != nil {
			f.log.Warn("a tracked file could not be made", "file", path, "reason", err)
		}
		trackfile.Follow(ctx, f.watch, path, f.log, func(value int64, none bool) {
			f.tell(fileRead{one, value, none, time.Now()})
		})
	})
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
