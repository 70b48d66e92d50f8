package parent

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
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

// listen looks whether the roles in service give signs, and kills one that does not. A
// role that stands still holds addresses without adverts: they are released before
// it is started again. A role with a patience of its own is only started again, and
// adopts what it has.
func (p *parent) listen(now time.Time) {
	if now.Before(p.lookAt) {
		return
	}
	p.lookAt = now.Add(lookEvery)
	for _, k := range p.keepers {
		if !k.Engine || !k.wanted || k.child == nil || !k.ready || k.hung {
			continue
		}
		var asks, over bool
		k.silence, asks, over = k.silence.look(k.child.heard())
		if asks {
			p.findLimit(k)
		}
		if over {
			p.Log.Error("a role gives no sign; killing it", "role", k.Name, "limit", k.silence.limit, "pid", k.child.cmd.Process.Pid)
			k.hung = true
			p.tell(k, syscall.SIGKILL)
		}
	}
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
