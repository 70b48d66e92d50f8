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

// processNews is what became of a process: it counts for these matches, and its end can be
// waited for with the descriptor; with none of both it counts no longer.
type processNews struct {
	pid  int
	fits []bool
	fd   int // the receiver closes it; -1: none
}

// readProcesses reads the list of processes again and again until ctx ends, and hands over
// what is new: an empty list where the first one has nothing that counts. It takes time
// that adverts have to have first.
func readProcesses(ctx context.Context, wanted []processMatch, hand func([]processNews)) {
	p := processList{wanted: wanted, seen: map[int]*seenProcess{}}
	defer p.close()
	pause := time.NewTicker(processPause)
	defer pause.Stop()
	for round := 0; ctx.Err() == nil; round++ {
		p.scan(time.Now(), round%20 == 0)
		if news := p.take(); round == 0 || len(news) > 0 {
			hand(news)
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
		}
	}
}

// processList is the state of readProcesses.
type processList struct {
	wanted []processMatch
	seen   map[int]*seenProcess
	news   []processNews
}

// seenProcess is a process that was looked at.
type seenProcess struct {
	fits  []bool // which matches it counts for
	fd    int    // a pidfd, of one that counts; -1: none
	since time.Time
}

func (p *processList) take() []processNews {
	news := p.news
	p.news = nil
	return news
}

// scan reads the list of processes; all looks at those again that are old.
func (p *processList) scan(now time.Time, all bool) {
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
		was := p.seen[pid]
		if was != nil && was.fd >= 0 && ended(was.fd) { // another one has its number, perhaps
			p.forget(pid)
			was = nil
		}
		if was == nil || all || now.Sub(was.since) < processYouth || was.fd >= 0 {
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
func (p *processList) look(pid int, now time.Time) {
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
	before := one.fits
	one.fits = make([]bool, len(p.wanted))
	for i, m := range p.wanted {
		one.fits[i] = m.fits(strings.TrimSuffix(string(comm), "\n"), line)
	}
	counts := slices.Contains(one.fits, true)
	switch {
	case !counts && one.fd >= 0:
		unix.Close(one.fd)
		one.fd = -1
		p.news = append(p.news, processNews{pid, nil, -1})
	case counts && (one.fd < 0 || !slices.Equal(before, one.fits)):
		p.tell(pid, one)
	}
}

// tell makes the end of a process that counts one that can be waited for. One that has
// ended already, and waits for its parent, does not count.
func (p *processList) tell(pid int, one *seenProcess) {
	if one.fd < 0 {
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			clear(one.fits)
			return
		}
		if one.fd = fd; ended(fd) {
			unix.Close(fd)
			one.fd = -1
			clear(one.fits)
			return
		}
	}
	theirs, err := unix.FcntlInt(uintptr(one.fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		unix.Close(one.fd)
		one.fd = -1 // the next look tries again
		clear(one.fits)
		return
	}
	p.news = append(p.news, processNews{pid, slices.Clone(one.fits), theirs})
}

// ended says whether a process has ended, by its descriptor.
func ended(fd int) bool {
	n, _ := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
	return n > 0
}

func (p *processList) forget(pid int) {
	if one := p.seen[pid]; one != nil && one.fd >= 0 {
		unix.Close(one.fd)
		p.news = append(p.news, processNews{pid, nil, -1})
	}
	delete(p.seen, pid)
}

func (p *processList) close() {
	for pid := range p.seen {
		p.forget(pid)
	}
	closeAll(p.news)
}
