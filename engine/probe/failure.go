package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"holdfast/engine/model"
)

// errnos gives the common faults of a connection their code and words.
var errnos = map[syscall.Errno]struct{ code, text string }{
	syscall.ECONNREFUSED:  {"refused", "connection refused"},
	syscall.ECONNRESET:    {"reset", "connection reset"},
	syscall.EPIPE:         {"reset", "connection reset"},
	syscall.EHOSTUNREACH:  {"unreachable", "no route to host"},
	syscall.ENETUNREACH:   {"unreachable", "network unreachable"},
	syscall.EINVAL:        {"unreachable", "the route to it is a blackhole"}, // what connect says of one
	syscall.EHOSTDOWN:     {"unreachable", "host is down"},
	syscall.ENONET:        {"unreachable", "host is not on the network"},
	syscall.ENOPROTOOPT:   {"unreachable", "protocol unreachable"},
	syscall.ETIMEDOUT:     {"timeout", "connection timed out"},
	syscall.EADDRNOTAVAIL: {"no-address", "source address not available"},
	syscall.EADDRINUSE:    {"no-address", "source port in use"},
	syscall.ENODEV:        {"no-interface", "the interface of bind_if is not there"},
	syscall.EACCES:        {"forbidden", "not permitted"},
	syscall.EPERM:         {"forbidden", "not permitted"},
	syscall.EMFILE:        {"no-files", "too many open files"},
	syscall.ENFILE:        {"no-files", "too many open files on this machine"},
}

// failed words the error of a connection.
func failed(err error, c model.Check) Result {
	var errno syscall.Errno
	var alert tls.AlertError
	var record tls.RecordHeaderError
	var foreign *onlyForeign
	switch {
	case errors.Is(err, context.Canceled):
		return Result{Code: "canceled", Text: "canceled"}
	case timeout(err):
		passed := limit(c)
		if late := (*overdue)(nil); errors.As(err, &late) {
			passed = late.limit
		}
		return Result{
			Code: "timeout", Text: "timed out after " + brief(passed),
			Args: map[string]string{"limit": passed.String()},
		}
	case errors.As(err, &foreign):
		return Result{Code: "tls-foreign", Text: err.Error(), Args: map[string]string{"wants": foreign.what}, answered: true}
	case errors.As(err, &errno):
		if errno == syscall.EADDRNOTAVAIL && !c.BindTo.Written {
			return Result{Code: "no-port", Text: "no free port to connect from"}
		}
		if known, ok := errnos[errno]; ok {
			return Result{Code: known.code, Text: known.text}
		}
		return Result{Code: "errno", Text: errno.Error(), Args: map[string]string{"errno": errno.Error()}}
	case errors.As(err, &alert), errors.As(err, &record):
		return Result{Code: "tls", Text: err.Error(), Args: map[string]string{"error": err.Error()}, answered: true}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Result{Code: "closed", Text: "connection closed early"}
	}
	return Result{Code: "failed", Text: err.Error(), Args: map[string]string{"error": err.Error()}}
}

func timeout(err error) bool {
	var ne net.Error
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) ||
		errors.As(err, &ne) && ne.Timeout() && !errors.Is(err, syscall.ETIMEDOUT)
}

// brief prints a length of time with the digits that matter: "12 ms", "3 s", "1.5 s".
func brief(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "<1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d%time.Second == 0:
		return fmt.Sprintf("%d s", d/time.Second)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
