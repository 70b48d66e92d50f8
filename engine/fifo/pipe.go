package fifo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"golang.org/x/sys/unix"

	"holdfast/engine/script"
)

// mode is that of a pipe as keepalived makes it, whose umask is 0177.
const mode = 0o600

// pipe is an open FIFO.
type pipe struct {
	Pipe
	fd   int
	id   identity
	made bool // by us: it is removed at the end
	full bool // as told

	stop context.CancelFunc // ends the reader; nil: there is none
	gone chan struct{}      // closed when the reader is
}

// openPipe opens a FIFO and makes it where there is none. It is opened to read as well, so
// that a write does not fail without a reader.
func openPipe(want Pipe, owned record) (*pipe, error) {
	p := &pipe{Pipe: want}
	switch err := unix.Mkfifo(want.Path, mode); {
	case err == nil:
		p.made = true
	case !errors.Is(err, unix.EEXIST):
		return nil, fmt.Errorf("make it: %w", err)
	}
	fd, err := unix.Open(want.Path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open it: %w", err)
	}
	var s unix.Stat_t
	if err = unix.Fstat(fd, &s); err == nil && s.Mode&unix.S_IFMT != unix.S_IFIFO {
		err = errors.New("the file is there and is no FIFO: remove it, or name another path")
	}
	if err == nil && p.made {
		err = p.chown(fd)
	}
	if err != nil {
		unix.Close(fd)
		if p.made {
			os.Remove(want.Path)
		}
		return nil, err
	}
	p.fd, p.id = fd, identity{uint64(s.Dev), s.Ino}
	p.made = p.made || owned.has(want.Path, p.id)
	if p.made {
		owned.note(want.Path, p.id)
	}
	return p, nil
}

// chown gives a pipe to the user that the text names.
func (p *pipe) chown(fd int) error {
	if p.User == "" {
		return nil
	}
	who, err := script.LookupUser(p.User, p.Group, false)
	if err != nil {
		return err
	}
	if err := unix.Fchown(fd, int(who.UID), int(who.GID)); err != nil {
		return fmt.Errorf("give it to %s: %w", p.User, err)
	}
	return nil
}

// there says whether the path still leads to this pipe.
func (p *pipe) there() bool { return at(p.Path) == p.id }

// write writes a line, or loses it where the pipe is full, which is told when it begins.
func (p *pipe) write(log *slog.Logger, line string) {
	_, err := unix.Write(p.fd, []byte(line))
	if err != nil && !p.full {
		log.Warn("FIFO takes no more lines: they are lost until it is read", "path", p.Path, "reason", err)
	}
	p.full = err != nil
}

// close closes the pipe, and removes it if it was made here and is still there.
func (p *pipe) close(log *slog.Logger) {
	unix.Close(p.fd)
	if !p.made || !p.there() {
		return
	}
	if err := os.Remove(p.Path); err != nil {
		log.Warn("FIFO not removed", "path", p.Path, "reason", err)
	}
}

// startReader starts the program that reads the pipe. One that ends is not started again,
// as with keepalived.
func (p *pipe) startReader(run script.Runner, ended func(Pipe, script.Result)) {
	if len(p.Reader.Argv) == 0 {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	of, gone := p.Pipe, make(chan struct{})
	of.Reader.Args = []string{p.Path}
	p.stop, p.gone = stop, gone
	go func() {
		r := run(ctx, of.Reader)
		told := ctx.Err() == nil
		close(gone) // first: who hears of it may wait for us
		if told {
			ended(of, r)
		}
	}()
}

// endReader ends the reader with SIGTERM and waits for its end.
func (p *pipe) endReader() {
	if p.stop == nil {
		return
	}
	p.stop()
	<-p.gone
	p.stop = nil
}
