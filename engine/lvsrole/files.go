package lvsrole

import (
	"context"
	"fmt"
	"time"

	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/trackfile"
)

// files are the numbers in the files that a FILE_CHECK follows, by path.
type files struct {
	watch  trackfile.Watcher
	byPath map[string]*followedFile
	began  bool // a file that is there is not written over any more
}

// followedFile is a file and what it holds.
type followedFile struct {
	value int64
	stop  context.CancelFunc
}

// followFiles makes the files of the configuration that a check asks for the ones that
// are followed. Each is read at once, so that a server begins as its file says.
func (l *loop) followFiles(now time.Time) {
	old := l.files.byPath
	l.files.byPath = map[string]*followedFile{}
	var tracked map[string]model.TrackFile
	l.eachCheckOf(model.FileCheck, func(c *check) {
		if tracked == nil {
			tracked = trackedFiles(l.cfg.Files)
		}
		file := tracked[c.declared().TrackFile.Val]
		if l.files.byPath[file.File] == nil {
			was := old[file.File]
			delete(old, file.File)
			if was == nil {
				was = l.followFile(file)
			}
			l.files.byPath[file.File] = was
		}
		l.fileResult(c, l.files.byPath[file.File].value, now)
	})
	for _, gone := range old {
		gone.stop()
	}
	l.files.began = true
}

// numbers gives what the files of a configuration hold, by name; nil where it has none.
func (f *files) numbers(cfg model.Config) func(name string) int64 {
	if len(cfg.Files) == 0 {
		return nil
	}
	tracked := trackedFiles(cfg.Files)
	return func(name string) int64 {
		path := tracked[name].File
		if one := f.byPath[path]; one != nil {
			return one.value
		}
		value, err := trackfile.Read(path)
		if err != nil {
			return 0 // Follow tells of it
		}
		return value
	}
}

func trackedFiles(list []model.TrackFile) map[string]model.TrackFile {
	byName := make(map[string]model.TrackFile, len(list))
	for _, f := range list {
		byName[f.Name] = f
	}
	return byName
}

// followFile makes a file where the text asks for it, reads it, and has its changes told.
func (l *loop) followFile(file model.TrackFile) *followedFile {
	if err := trackfile.Init(file.File, file.Init, l.files.began); err != nil {
		l.host.Log.Warn("a tracked file could not be made", "file", file.File, "reason", err)
	}
	value, err := trackfile.Read(file.File)
	if err != nil {
		value = 0 // Follow tells of it
	}
	ctx, cancel := context.WithCancel(l.work)
	one := &followedFile{value: value, stop: cancel}
	l.wg.Go(func() {
		trackfile.Follow(ctx, l.files.watch, file.File, l.host.Log, func(value int64, none bool) {
			if !none {
				l.tell(func(l *loop) { l.fileNews(file.File, one, value) })
			}
		})
	})
	return one
}

// fileNews takes in the number of a file.
func (l *loop) fileNews(path string, file *followedFile, value int64) {
	if l.files.byPath[path] != file || file.value == value {
		return
	}
	file.value = value
	now, tracked := time.Now(), trackedFiles(l.cfg.Files)
	l.eachCheckOf(model.FileCheck, func(c *check) {
		if tracked[c.declared().TrackFile.Val].File == path {
			l.fileResult(c, value, now)
		}
	})
}

// fileResult is what a number says of a check.
func (l *loop) fileResult(c *check, value int64, now time.Time) {
	if l.stopping {
		return
	}
	c.at, c.text = now, fmt.Sprintf("the file holds %d", value)
	r := lvs.FileSays(value, c.declared().FileWeight.Val, c.virtual.core.Servers[c.server].Weight.Val)
	l.step(c.virtual, lvs.Observed{Server: c.server, Check: c.index, Result: r}, c, now)
}

// eachCheckOf walks the checks of one kind.
func (l *loop) eachCheckOf(kind model.Kind, do func(*check)) {
	for _, v := range l.virtuals.list {
		for _, s := range v.servers {
			for _, c := range s.checks {
				if c.declared().Kind == kind {
					do(c)
				}
			}
		}
	}
}
