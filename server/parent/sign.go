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

// A role gives a sign over its lifeline several times in the time after which its peers
// take over (engine.Serve). Silence is counted in looks of the parent's loop, not by the
// clock: a parent that was stopped, or a machine that was suspended or had no time for
// us, looks less often too, and finds the signs that came meanwhile in the socket.
const (
	lookEvery  = 250 * time.Millisecond // where peers wait for seconds
	lookSooner = 50 * time.Millisecond  // at the most so often
	fewestLook = 4                      // however short the master-down time is
	sayEvery   = 500 * time.Millisecond // signs of ours to the roles
)

// lookPause is the time between two looks for a shortest master-down time.
func lookPause(down time.Duration) time.Duration {
	if down <= 0 {
		return lookEvery
	}
	return min(max(down/12, lookSooner), lookEvery)
}

// silence is how long a role has given no sign.
type silence struct {
	looks int
	lasts time.Duration // as many looks as were made, each as long as it should be
}

// look takes note of a look after a pause; heard says that the role had given a sign.
func (s silence) look(heard bool, pause time.Duration) silence {
	if heard {
		return silence{}
	}
	return silence{s.looks + 1, s.lasts + pause}
}

// over says that a role has been silent for too long: for longer than patience, or where
// that is 0 until a peer takes over what it holds. now and due are control.Monotonic.
func (s silence) over(patience, now, due time.Duration) bool {
	switch {
	case s.looks < fewestLook:
		return false
	case patience > 0:
		return s.lasts >= patience
	}
	return due > 0 && now >= due
}

// newLifeline is a pair of sockets. The child reads the end of its parent from its file,
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

// heard takes all signs that c has given, and says whether there were any. c.sign is the
// last one.
func (c *child) heard() (any bool) {
	var signs [32 * control.SignLength]byte
	for {
		n, _, err := unix.Recvfrom(int(c.lifeline.Fd()), signs[:], unix.MSG_DONTWAIT)
		if err == unix.EINTR {
			continue
		}
		if sign, is := control.LastSign(signs[:max(n, 0)]); is {
			c.sign, any = sign, true
		}
		if err != nil || n < len(signs) {
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
	p.say(now)
	clock, shortest := control.Monotonic(), time.Duration(0)
	soon := lookEvery
	for _, k := range p.keepers {
		if !k.Engine || k.child == nil {
			continue
		}
		heard := k.child.heard()
		if down := k.child.sign.Down; k.Patience == 0 && down > 0 && (shortest == 0 || down < shortest) {
			shortest = down
		}
		if !k.wanted || !k.ready || k.hung {
			continue
		}
		k.silence = k.silence.look(heard, p.pause)
		due := k.child.sign.Due
		if k.silence.over(k.Patience, clock, due) {
			p.killSilent(k)
		} else if k.Patience == 0 && k.silence.looks >= fewestLook-1 && due > clock {
			soon = min(soon, due-clock)
		}
	}
	p.pause = lookPause(shortest)
	p.lookAt = now.Add(min(p.pause, soon))
}

// say gives the roles a sign of ours, when its time has come.
func (p *parent) say(now time.Time) {
	if now.Before(p.sayAt) || p.ending != "" {
		return
	}
	p.sayAt = now.Add(sayEvery)
	for _, k := range p.keepers {
		if k.Engine && k.child != nil {
			_ = k.child.say(control.LifelineSign) // one that cannot be told is gone, or stands still
		}
	}
}

// killSilent ends a role that gives no sign.
func (p *parent) killSilent(k *keeper) {
	pid := k.child.cmd.Process.Pid
	p.Log.Error("a role gives no sign; killing it", "role", k.Name, "limit", k.silence.lasts, "pid", pid)
	k.hung, k.stopped = true, stopped(pid)
	p.tell(k, syscall.SIGKILL)
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
