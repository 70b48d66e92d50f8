package vrrprole

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// How often the list of processes is read, and for how long a new one is looked at
// anew each time: it may become another program.
const (
	processPause = 100 * time.Millisecond
	processYouth = 2 * time.Second
)

// seenProcess is a process that was looked at.
type seenProcess struct {
	fits  []bool // which matches it counts for
	fd    int    // a pidfd, of one that counts; -1: none
	since time.Time
}

// countProcesses tells how many processes fit each match, at first and whenever that
// changes, until ctx ends. The end of one that counts is heard of at once, by its
// descriptor; new ones are found when the list is read. It needs no right, and sees
// what /proc shows: in a container its own processes.
func countProcesses(ctx context.Context, wanted []processMatch, counted func([]int)) {
	p := procWatch{wanted: wanted, seen: map[int]*seenProcess{}}
	defer p.close()
	wake, err := newWake(ctx)
	if err != nil {
		return
	}
	defer wake.close()
	var told []int
	for round := 0; ctx.Err() == nil; round++ {
		p.scan(time.Now(), round%20 == 0)
		for {
			if now := p.numbers(); !slices.Equal(now, told) {
				told = now
				counted(slices.Clone(now))
			}
			if !p.wait(wake.fd) || ctx.Err() != nil {
				break
			}
		}
	}
}

// procWatch is the state of countProcesses.
type procWatch struct {
	wanted []processMatch
	seen   map[int]*seenProcess
}

// scan reads the list of processes; all looks at those again that are old.
func (p *procWatch) scan(now time.Time, all bool) {
	dir, err := os.Open("/proc")
	if err != nil {
		return
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	there := make(map[int]bool, len(p.seen))
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		there[pid] = true
		if was := p.seen[pid]; was == nil || all || now.Sub(was.since) < processYouth || was.fd >= 0 {
			p.look(pid, now)
		}
	}
	for pid := range p.seen {
		if !there[pid] {
			p.forget(pid)
		}
	}
}

// look reads the name and, where it is compared, the command line of a process.
func (p *procWatch) look(pid int, now time.Time) {
	base := "/proc/" + strconv.Itoa(pid)
	comm, err := os.ReadFile(base + "/comm")
	if err != nil {
		p.forget(pid)
		return
	}
	var text string
	read := false
	line := func() string {
		if !read {
			b, _ := os.ReadFile(base + "/cmdline")
			text, read = string(b), true
		}
		return text
	}
	one := p.seen[pid]
	if one == nil {
		one = &seenProcess{fd: -1, since: now}
		p.seen[pid] = one
	}
	one.fits = make([]bool, len(p.wanted))
	for i, m := range p.wanted {
		one.fits[i] = m.fits(strings.TrimSuffix(string(comm), "\n"), line)
	}
	switch counts := slices.Contains(one.fits, true); {
	case counts && one.fd < 0:
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil || ended(fd) {
			if err == nil {
				unix.Close(fd)
			}
			clear(one.fits) // it has ended, and waits for its parent
			return
		}
		one.fd = fd
	case !counts && one.fd >= 0:
		unix.Close(one.fd)
		one.fd = -1
	}
}

// ended says whether a process has ended, by its descriptor.
func ended(fd int) bool {
	n, _ := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
	return n > 0
}

func (p *procWatch) forget(pid int) {
	if one := p.seen[pid]; one != nil && one.fd >= 0 {
		unix.Close(one.fd)
	}
	delete(p.seen, pid)
}

// numbers are how many fit each match.
func (p *procWatch) numbers() []int {
	numbers := make([]int, len(p.wanted))
	for _, one := range p.seen {
		for i, fits := range one.fits {
			if fits {
				numbers[i]++
			}
		}
	}
	return numbers
}

// wait waits for the end of a process that counts, or until the list is to be read; it
// says whether one ended.
func (p *procWatch) wait(wake int) (gone bool) {
	fds := []unix.PollFd{{Fd: int32(wake), Events: unix.POLLIN}}
	pids := []int{0}
	for pid, one := range p.seen {
		if one.fd >= 0 {
			fds, pids = append(fds, unix.PollFd{Fd: int32(one.fd), Events: unix.POLLIN}), append(pids, pid)
		}
	}
	n, err := unix.Poll(fds, int(processPause/time.Millisecond))
	if err != nil || n <= 0 {
		return false
	}
	for i := 1; i < len(fds); i++ {
		if fds[i].Revents != 0 {
			one := p.seen[pids[i]]
			unix.Close(one.fd)
			one.fd = -1
			clear(one.fits)
			gone = true
		}
	}
	return gone
}

func (p *procWatch) close() {
	for pid := range p.seen {
		p.forget(pid)
	}
}

// wake is a descriptor that can be read once a context has ended.
type wake struct {
	fd   int
	stop func() bool
}

func newWake(ctx context.Context) (wake, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return wake{}, os.NewSyscallError("eventfd", err)
	}
	done := make(chan struct{}) // closed when the descriptor was written
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		_, _ = unix.Write(fd, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	})
	return wake{fd, func() bool {
		if !stop() {
			<-done
		}
		return true
	}}, nil
}

func (w wake) close() {
	w.stop()
	unix.Close(w.fd)
}
