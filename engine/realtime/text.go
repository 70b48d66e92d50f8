package realtime

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// dropText takes the program's code out of this process's memory. What runs next
// comes back from the page cache; what only the start needed does not, and is not
// kept for good by the lock. Code is never written, so nothing is lost.
func dropText() error {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return err
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return err
	}
	texts, err := textsOf(maps, exe)
	maps.Close() // read only
	if err != nil {
		return err
	}
	for _, t := range texts {
		if _, _, errno := unix.Syscall(unix.SYS_MADVISE, t.from, t.to-t.from, unix.MADV_DONTNEED); errno != 0 {
			return os.NewSyscallError("madvise", errno)
		}
	}
	return nil
}

// span is a part of this process's memory: from is in it, to is not.
type span struct{ from, to uintptr }

// textsOf gives the parts of memory that hold the code of the program exe, out of
// a list as in proc_pid_maps(5).
func textsOf(maps io.Reader, exe string) (texts []span, err error) {
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		// ADDRESSES PERMISSIONS OFFSET DEVICE INODE PATH, and a path may hold blanks.
		if path := strings.SplitN(lines.Text(), "/", 2); len(path) < 2 || "/"+path[1] != exe {
			continue
		}
		var t span
		var permissions string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &t.from, &t.to, &permissions); err != nil {
			return nil, fmt.Errorf("maps: %q: %w", lines.Text(), err)
		}
		if permissions == "r-xp" {
			texts = append(texts, t)
		}
	}
	return texts, lines.Err()
}
