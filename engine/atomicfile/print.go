package atomicfile

import (
	"os"
	"syscall"
	"time"
)

// Print is what the file system says of a file. Two that are equal mean that nobody
// wrote it meanwhile; the zero value is a file that is not there.
type Print struct {
	inode   uint64
	size    int64
	changed time.Time // by the file system's own account, which nobody sets
}

// PrintOf looks at a file without reading it.
func PrintOf(path string) Print {
	info, err := os.Lstat(path)
	if err != nil {
		return Print{}
	}
	p := Print{size: info.Size(), changed: info.ModTime()}
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		p.inode, p.changed = s.Ino, time.Unix(s.Ctim.Unix())
	}
	return p
}
