package trackfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"

	"golang.org/x/sys/unix"
)

// Watch tells of the files in a directory that were written, renamed or removed,
// with "" once at first, until ctx ends or the directory goes.
func Watch(ctx context.Context, dir string, changed func(name string)) error {
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		return os.NewSyscallError("inotify_init1", err)
	}
	file := os.NewFile(uintptr(fd), "inotify")
	defer file.Close()
	const what = unix.IN_CLOSE_WRITE | unix.IN_MOVED_TO | unix.IN_MOVED_FROM | unix.IN_DELETE | unix.IN_MODIFY | unix.IN_DELETE_SELF | unix.IN_MOVE_SELF | unix.IN_ONLYDIR
	if _, err := unix.InotifyAddWatch(fd, dir, what); err != nil {
		return os.NewSyscallError("inotify_add_watch", err)
	}
	defer context.AfterFunc(ctx, func() { file.Close() })()
	changed("")
	buf := make([]byte, 16*(unix.SizeofInotifyEvent+unix.NAME_MAX+1))
	for {
		n, err := file.Read(buf)
		if err != nil {
			return err
		}
		for b := buf[:n]; len(b) >= unix.SizeofInotifyEvent; {
			mask, size := binary.NativeEndian.Uint32(b[4:]), unix.SizeofInotifyEvent+int(binary.NativeEndian.Uint32(b[12:]))
			if size > len(b) {
				break
			}
			switch {
			case mask&(unix.IN_DELETE_SELF|unix.IN_MOVE_SELF|unix.IN_IGNORED) != 0:
				return os.ErrNotExist
			case mask&unix.IN_Q_OVERFLOW != 0:
				changed("")
			case mask&unix.IN_MODIFY == 0: // one that is being written is read when it is closed
				changed(string(bytes.TrimRight(b[unix.SizeofInotifyEvent:size], "\x00")))
			}
			b = b[size:]
		}
	}
}
