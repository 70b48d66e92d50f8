package vrrprole

import (
	"context"
	"os"
	"slices"
	"sync"

	"holdfast/engine/realtime"

	"golang.org/x/sys/unix"
)

// countProcesses tells how many processes fit each match, at first and whenever that
// changes, until ctx ends. The end of one that counts is heard of at once, by its
// descriptor, on a thread with the priority of the caller; new ones are found when the list
// is read, which is done aside. It needs no right, and sees what /proc shows: in a
// container its own processes.
func countProcesses(ctx context.Context, wanted []processMatch, counted func([]int)) {
	wake, err := newWake(ctx)
	if err != nil {
		return
	}
	var group sync.WaitGroup
	defer wake.close()
	news := make(chan []processNews, 1) // one, so that it is there before the ring; never closed
	p := processWait{matches: len(wanted), counting: map[int]processNews{}}
	defer func() {
		group.Wait()
		select {
		case list := <-news:
			p.take(list)
		default:
		}
		p.close()
	}()
	group.Go(func() {
		realtime.Aside(func() {
			readProcesses(ctx, wanted, func(list []processNews) {
				select {
				case news <- list:
					wake.ring()
				case <-ctx.Done():
					closeAll(list)
				}
			})
		})
	})
	var told []int
	for ctx.Err() == nil {
		if p.wait(wake.fd) {
			select {
			case list := <-news:
				p.take(list)
			default:
			}
		}
		if now := p.numbers(); p.known && !slices.Equal(now, told) {
			told = now
			counted(slices.Clone(now))
		}
	}
}

// processWait are the processes that count, and their descriptors.
type processWait struct {
	matches  int
	counting map[int]processNews
	known    bool // the list was read
}

func (p *processWait) take(list []processNews) {
	p.known = true
	for _, n := range list {
		if was, counts := p.counting[n.pid]; counts {
			unix.Close(was.fd)
			delete(p.counting, n.pid)
		}
		if n.fd >= 0 {
			p.counting[n.pid] = n
		}
	}
}

// wait waits for the end of processes that count, which do not count from then on, or
// until it is woken; it says whether it was.
func (p *processWait) wait(wake int) (woken bool) {
	fds := []unix.PollFd{{Fd: int32(wake), Events: unix.POLLIN}}
	pids := []int{0}
	for pid, one := range p.counting {
		fds, pids = append(fds, unix.PollFd{Fd: int32(one.fd), Events: unix.POLLIN}), append(pids, pid)
	}
	if n, err := unix.Poll(fds, -1); err != nil || n <= 0 {
		return false
	}
	for i := 1; i < len(fds); i++ {
		if fds[i].Revents != 0 {
			unix.Close(p.counting[pids[i]].fd)
			delete(p.counting, pids[i])
		}
	}
	if fds[0].Revents == 0 {
		return false
	}
	_, _ = unix.Read(wake, make([]byte, 8)) // it is said once
	return true
}

// numbers are how many fit each match.
func (p *processWait) numbers() []int {
	numbers := make([]int, p.matches)
	for _, one := range p.counting {
		for i, fits := range one.fits {
			if fits {
				numbers[i]++
			}
		}
	}
	return numbers
}

func (p *processWait) close() {
	for _, one := range p.counting {
		unix.Close(one.fd)
	}
}

func closeAll(list []processNews) {
	for _, n := range list {
		if n.fd >= 0 {
			unix.Close(n.fd)
		}
	}
}

// wake is a descriptor that can be read once somebody rang, or a context has ended.
type wake struct {
	fd   int
	stop func() bool
}

func newWake(ctx context.Context) (wake, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return wake{}, os.NewSyscallError("eventfd", err)
	}
	w := wake{fd: fd}
	done := make(chan struct{}) // closed when the descriptor was written
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		w.ring()
	})
	w.stop = func() bool {
		if !stop() {
			<-done
		}
		return true
	}
	return w, nil
}

func (w wake) ring() { _, _ = unix.Write(w.fd, []byte{1, 0, 0, 0, 0, 0, 0, 0}) }

func (w wake) close() {
	w.stop()
	unix.Close(w.fd)
}
