package claim

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Holder is the process that has a claim.
type Holder struct {
	PID int    // 0: it is not visible from here
	Dir string // the run directory that it works in; "": it did not answer in time
}

// HeldError says that another process has a claim.
type HeldError struct {
	Name string
	Holder
}

func (e HeldError) Error() string {
	return fmt.Sprintf("%s belongs to process %d, which works in %s", e.Name, e.PID, e.Dir)
}

// ErrStranger says that a process of another user, who is not root, uses a claim's
// name. Such a user could keep us from everything: go on without the claim.
var ErrStranger = errors.New("a process of another user has the claim")

// answerPatience bounds the wait for a holder's answer: a stopped one gives none.
const answerPatience = 300 * time.Millisecond

// Claim is the right to be the one process for a name, until it is closed.
type Claim struct {
	l      *net.UnixListener
	answer sync.WaitGroup
}

// Take claims name, in the network namespace of the calling thread, for the process
// that works in the run directory dir. The error is a HeldError where another process
// has it, or wraps ErrStranger.
func Take(name, dir string) (*Claim, error) {
	for deadline := time.Now().Add(answerPatience); ; {
		l, err := net.ListenUnix("unix", address(name))
		if err == nil {
			c := &Claim{l: l}
			c.answer.Go(func() { tell(l, dir) })
			return c, nil
		}
		if !errors.Is(err, unix.EADDRINUSE) {
			return nil, fmt.Errorf("claim %s: %w", name, err)
		}
		// A holder that ends, or has not begun to listen, is seen at the next try.
		holder, err := Ask(name)
		switch {
		case holder != nil:
			return nil, HeldError{name, *holder}
		case err != nil || time.Now().After(deadline):
			return nil, fmt.Errorf("claim %s: %w", name, errors.Join(err, unix.EADDRINUSE))
		}
		<-time.After(answerPatience / 30)
	}
}

// Close gives the claim up.
func (c *Claim) Close() error {
	err := c.l.Close()
	c.answer.Wait()
	return err
}

// Ask gives the process that has a claim on name; nil if none has. The error wraps
// ErrStranger where it is one of another user.
func Ask(name string) (*Holder, error) {
	conn, err := net.DialTimeout("unix", address(name).Name, answerPatience)
	if err != nil {
		switch {
		case errors.Is(err, unix.ECONNREFUSED):
			return nil, nil
		case errors.Is(err, unix.EAGAIN): // stopped, with all its places for askers taken
			return &Holder{}, nil
		}
		return nil, fmt.Errorf("ask for %s: %w", name, err)
	}
	defer conn.Close()
	cred, err := peer(conn.(*net.UnixConn))
	if err != nil {
		return nil, fmt.Errorf("ask for %s: %w", name, err)
	}
	if cred.Uid != 0 && int(cred.Uid) != os.Geteuid() {
		return nil, fmt.Errorf("%s: process %d of user %d: %w", name, cred.Pid, cred.Uid, ErrStranger)
	}
	h := &Holder{PID: int(cred.Pid)}
	if conn.SetReadDeadline(time.Now().Add(answerPatience)) == nil {
		if text, err := io.ReadAll(io.LimitReader(conn, unix.PathMax)); err == nil {
			h.Dir = string(text)
		}
	}
	return h, nil
}

// Taken gives the names that begin with prefix and that any process has in our network
// namespace; nothing where /proc does not tell.
func Taken(prefix string) (names []string) {
	list, err := os.ReadFile("/proc/net/unix")
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(list)) {
		if _, name, is := strings.Cut(strings.TrimSpace(line), " @holdfast "); is && strings.HasPrefix(name, prefix) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// address is the abstract socket of a name.
func address(name string) *net.UnixAddr {
	const longest = 107 - len("@holdfast ")
	if len(name) > longest {
		name = digest(name)
	}
	return &net.UnixAddr{Name: "@holdfast " + name, Net: "unix"}
}

// tell answers everybody who asks with dir, until l is closed.
func tell(l *net.UnixListener, dir string) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			<-time.After(answerPatience / 3) // out of descriptors: the claim itself holds
			continue
		}
		// A socket's buffer is longer than a path, so a slow reader holds up nobody.
		io.WriteString(conn, dir) // an asker that has left needs no answer
		conn.Close()
	}
}

// peer is the process behind the other end, as the kernel vouches for it.
func peer(conn *net.UnixConn) (cred *unix.Ucred, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	ctlErr := raw.Control(func(fd uintptr) { cred, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) })
	return cred, errors.Join(ctlErr, err)
}
