package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"holdfast/assets"
	"holdfast/engine/model"
)

// worded says that the text of a result has words in every language.
func worded(t *testing.T, r Result) {
	t.Helper()
	if code, _ := assets.Read(r.Text); code == "" {
		t.Errorf("%s: %q has no form in the words", r.Code, r.Text)
	}
}

func TestWhatEachFaultOfAConnectionSaysHasWords(t *testing.T) {
	c := model.Check{Timing: model.Timing{ConnectTimeout: model.Some(model.Seconds(3 * time.Second))}}
	bound := c
	bound.BindTo = model.Some(netip.MustParseAddr("192.0.2.1"))
	for errno := range errnos {
		worded(t, failed(&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", errno)}, c))
		worded(t, failed(errno, bound))
	}
	for _, err := range []error{
		context.Canceled, context.DeadlineExceeded, &overdue{1500 * time.Millisecond}, &overdue{time.Microsecond}, &onlyForeign{"group X448"}, &onlyForeign{theirCertificate},
		io.EOF, io.ErrUnexpectedEOF, errOldTLS, syscall.EIO, errors.New("tls: internal error"), errors.New("remote error: tls: handshake failure"),
	} {
		worded(t, failed(err, c))
	}
}

func TestWhatEachEndOfAProgramSaysHasWords(t *testing.T) {
	c := model.Check{Kind: model.MiscCheck, MiscDynamic: true}
	for _, e := range []Exit{{Code: 0}, {Code: 1}, {Code: 7}, {Signal: "killed"}, {TimedOut: true}, {Err: syscall.ENOENT}, {Err: fmt.Errorf("fork/exec /x y: %w", syscall.EACCES)}} {
		p := &Prober{Program: func(context.Context, model.Command, time.Duration) Exit { return e }}
		r := p.Run(t.Context(), c)
		worded(t, r)
		if said := assets.Said("zh-CN", r.Text); said == r.Text {
			t.Errorf("%q is the same in Chinese", said)
		}
	}
	worded(t, (&Prober{}).Run(t.Context(), model.Check{Kind: "NONE"}))
}
