package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"holdfast/server/unixsocket"
)

// The first descriptor that a service manager hands in (sd_listen_fds(3)).
const firstHandedIn = 3

// consoleSocket is the console's listening socket, which the parent keeps over
// restarts of the web process.
type consoleSocket struct {
	addr    string
	f       *os.File
	refused error // why what was handed in is no socket for us
}

// open says whether the console would speak plain HTTP to other machines.
func (s *consoleSocket) open(getenv func(string) string) bool {
	n := getenv("LISTEN_FDS")
	handed := n != "" && n != "0" // the manager that opened that socket answers for it
	return !handed && exposed(s.addr)
}

// exposed says whether other machines reach a listener at addr.
func exposed(addr string) bool {
	if _, ok := unixsocket.Path(addr); ok {
		return false
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil || host == "localhost" {
		return false // a bad address is told where it is opened
	}
	ip, err := netip.ParseAddr(host)
	return err != nil || !ip.Unmap().IsLoopback()
}

// adopt takes the socket that a service manager handed in, before any process is
// started that would inherit word of it.
func (s *consoleSocket) adopt() { s.f, s.refused = handedIn(os.Getenv, os.Getpid()) }

// file gives the socket that was adopted, else a new one at addr; later calls give
// the same.
func (s *consoleSocket) file() (f *os.File, err error) {
	if s.f == nil && s.refused != nil {
		return nil, s.refused
	}
	if s.f == nil {
		s.f, err = unixsocket.File(s.addr)
	}
	return s.f, err
}

// listenLike is the address that was probably meant by a port alone or a host alone,
// "" where that is not clear.
func listenLike(addr string) string {
	host, port, err := net.SplitHostPort(defaultListen)
	if err != nil {
		return ""
	}
	if _, err := strconv.ParseUint(addr, 10, 16); err == nil {
		return net.JoinHostPort(host, addr)
	}
	if ip, err := netip.ParseAddr(strings.Trim(addr, "[]")); err == nil {
		return net.JoinHostPort(ip.String(), port)
	}
	if filepath.IsAbs(addr) {
		return "unix:" + addr
	}
	return ""
}

// handedIn is the socket that LISTEN_FDS tells of, nil if there is none.
func handedIn(getenv func(string) string, pid int) (*os.File, error) {
	n := getenv("LISTEN_FDS")
	if n == "" || n == "0" {
		return nil, nil
	}
	if p := getenv("LISTEN_PID"); p != "" && p != strconv.Itoa(pid) {
		return nil, nil // meant for another process
	}
	if n != "1" {
		return nil, fmt.Errorf("LISTEN_FDS is %s: exactly one socket is expected", n)
	}
	err := errors.Join(os.Unsetenv("LISTEN_FDS"), os.Unsetenv("LISTEN_PID"), os.Unsetenv("LISTEN_FDNAMES"))
	return inherited(firstHandedIn, "listener"), err
}

// openListener is the listener behind an inherited descriptor, or a new one.
func openListener(fd int, addr string) (net.Listener, error) {
	f := inherited(fd, "listener")
	if f == nil {
		return unixsocket.Listen(addr)
	}
	defer f.Close()
	return net.FileListener(f)
}
