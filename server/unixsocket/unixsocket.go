package unixsocket

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Path is the path in "unix:PATH", as the address of the console may be written
// where a proxy on this host stands before it.
func Path(addr string) (path string, ok bool) { return strings.CutPrefix(addr, "unix:") }

// mostPath is how long the path of a socket may be (unix(7)).
const mostPath = 107

// WellFormed says what is wrong with the form of an address to listen at. Whether a
// name or a host's address is there now is not asked: it may come later.
func WellFormed(addr string) error {
	if path, ok := Path(addr); ok {
		return wellFormedPath(path)
	}
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	return err
}

// Listen listens at an address.
func Listen(addr string) (net.Listener, error) {
	if path, ok := Path(addr); ok {
		return listenPath(path)
	}
	return net.Listen("tcp", addr)
}

// File is a listening socket at an address, as a file that another process can be given.
func File(addr string) (*os.File, error) {
	l, err := Listen(addr)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	filed, ok := l.(interface{ File() (*os.File, error) })
	if !ok {
		return nil, fmt.Errorf("listen on %s: no socket", addr)
	}
	return filed.File()
}

// wellFormedPath says what is wrong with the path of a socket.
func wellFormedPath(path string) error {
	if !filepath.IsAbs(path) || len(path) > mostPath {
		return fmt.Errorf("%q is no absolute path of at most %d bytes", path, mostPath)
	}
	return nil
}

// listenPath makes a socket that everybody may connect to who may enter its directory.
// One that a process left that is gone is replaced.
func listenPath(path string) (*net.UnixListener, error) {
	if err := removeStale(path); err != nil {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false) // its descriptor goes on to the web process
	if err := os.Chmod(path, 0o666); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// removeStale removes a socket at which nobody listens.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("listen on %s: another file lies there", path)
	}
	c, err := net.Dial("unix", path)
	if err == nil {
		return errors.Join(fmt.Errorf("listen on %s: %w", path, syscall.EADDRINUSE), c.Close())
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return err
	}
	return os.Remove(path)
}
