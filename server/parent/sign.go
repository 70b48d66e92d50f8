package parent

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/control"
)

// An engine role gives a sign every 200 ms over its lifeline (engine.Serve). Silence is
// counted in looks of the parent's loop, not by the clock: a parent that was stopped, or
// a machine that was suspended or had no time for us, looks less often too, and finds
// the signs that came meanwhile in the socket.
const (
	lookEvery  = 500 * time.Millisecond
	fewestLook = 4 // however short the master-down time is
)

// silence is how long a role has given no sign.
type silence struct {
	looks int
	limit time.Duration // how long it may last; 0: not known yet
}

// look takes note of a look at a role; heard says that it had given a sign. over says
// that it has been silent for too long, asks that the limit has to be found out.
func (s silence) look(heard bool) (next silence, asks, over bool) {
	if heard {
		return silence{}, false, false
	}
	s.looks++
	return s, s.looks == 1, s.limit > 0 && s.looks >= fewestLook && time.Duration(s.looks)*lookEvery >= s.limit
}

// lifeline is a pair of sockets. The child reads the end of its parent from its file,
// and writes its signs to it.
func newLifeline() (ours, childs *os.File, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("make a lifeline: %w", err)
	}
	return os.NewFile(uintptr(pair[0]), "lifeline"), os.NewFile(uintptr(pair[1]), "lifeline"), nil
}

// say writes a byte to the child. It does not wait for a child that does not read: such
// a one stands still, and is killed for that.
func (c *child) say(b byte) error {
	return unix.Sendto(int(c.lifeline.Fd()), []byte{b}, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, nil)
}

// heard takes all signs that c has given, and says whether there were any.
func (c *child) heard() (any bool) {
	var signs [512]byte
	for {
		n, _, err := unix.Recvfrom(int(c.lifeline.Fd()), signs[:], unix.MSG_DONTWAIT)
		if err == unix.EINTR {
			continue
		}
		if any = any || n > 0; err != nil || n < len(signs) {
			return any
		}
	}
}

// listen gives the roles a sign of ours, looks whether those in service give theirs, and
// kills one that does not. A role that stands still holds addresses without adverts: they are released before
// it is started again. A role with a patience of its own is only started again, and
// adopts what it has.
func (p *parent) listen(now time.Time) {
	if now.Before(p.lookAt) {
		return
	}
	p.lookAt = now.Add(lookEvery)
	for _, k := range p.keepers {
		if k.Engine && k.child != nil && p.ending == "" {
			_ = k.child.say(control.LifelineSign) // one that cannot be told is gone, or stands still
		}
		if !k.Engine || !k.wanted || k.child == nil || !k.ready || k.hung {
			continue
		}
		var asks, over bool
		k.silence, asks, over = k.silence.look(k.child.heard())
		if asks {
			p.findLimit(k)
		}
		if over {
			pid := k.child.cmd.Process.Pid
			p.Log.Error("a role gives no sign; killing it", "role", k.Name, "limit", k.silence.limit, "pid", pid)
			k.hung, k.stopped = true, stopped(pid)
			p.tell(k, syscall.SIGKILL)
		}
	}
}

// stopped says whether a process stands still because somebody stopped it by a signal:
// that is not the doing of its text (proc_pid_stat(5)).
func stopped(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := bytes.Cut(text[bytes.LastIndexByte(text, ')')+1:], []byte(" "))
	return len(rest) > 0 && (rest[0] == 'T' || rest[0] == 't')
}

// findLimit finds out how long k may be silent. It takes reading the configuration,
// beside the loop.
func (p *parent) findLimit(k *keeper) {
	if k.Patience > 0 {
		k.silence.limit = k.Patience
		return
	}
	c := k.child
	p.watch(func() event {
		down := p.Down()
		return func(time.Time) {
			if k.child == c && k.silence.looks > 0 {
				k.silence.limit = down
			}
		}
	})
}
