package guest_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/guest"
)

func TestExitCodeAndStreamsComeBack(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	code, err := guest.Run(t.Context(), guest.Options{Stdout: &out, Stderr: &errs}, "sh", "-c", "seq 50000; echo oops >&2; exit 7")
	if err != nil || code != 7 {
		t.Fatalf("code %d, error %v, want 7", code, err)
	}
	if lines := strings.Count(out.String(), "\n"); lines != 50000 || !strings.HasSuffix(out.String(), "\n50000\n") {
		t.Errorf("%d lines came back, want all 50000", lines)
	}
	if errs.String() != "oops\n" {
		t.Errorf("standard error is %q", errs.String())
	}
}

func TestBothStreamsMayGoToOneWriter(t *testing.T) {
	t.Parallel()
	var both bytes.Buffer
	code, err := guest.Run(t.Context(), guest.Options{Stdout: &both, Stderr: &both}, "sh", "-c", "for i in $(seq 2000); do echo out; echo err >&2; done")
	if err != nil || code != 0 {
		t.Fatalf("code %d, error %v", code, err)
	}
	for _, word := range []string{"out\n", "err\n"} {
		if n := strings.Count(both.String(), word); n != 2000 {
			t.Errorf("%q came %d times, want 2000", word, n)
		}
	}
}

func TestIPVSIsThereAndWritesStayInside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := `test -e /proc/net/ip_vs && touch /tmp/only-in-the-guest && echo kept >"$1/file"`
	code, err := guest.Run(t.Context(), guest.Options{Write: []string{dir}, Stderr: os.Stderr}, "sh", "-c", script, "sh", dir)
	if err != nil || code != 0 {
		t.Fatalf("code %d, error %v", code, err)
	}
	if _, err := os.Stat("/tmp/only-in-the-guest"); err == nil {
		t.Error("the guest wrote to the machine")
	}
	if text, err := os.ReadFile(dir + "/file"); err != nil || string(text) != "kept\n" {
		t.Errorf("the writable folder has %q, %v", text, err)
	}
}

func TestSlowGuestIsEnded(t *testing.T) {
	t.Parallel()
	_, err := guest.Run(t.Context(), guest.Options{Limit: 6 * time.Second}, "sleep", "1000")
	if !errors.Is(err, guest.ErrLimit) {
		t.Errorf("error %v, want %v", err, guest.ErrLimit)
	}
}

// The line drops what comes before somebody in the guest has opened it, so the
// guest speaks first.
func TestSerialLineCarriesBytesBothWays(t *testing.T) {
	t.Parallel()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "ours"), os.NewFile(uintptr(pair[1]), "theirs")
	defer ours.Close()
	sent := bytes.Repeat([]byte("0123456789abcdef\x00\x03\x11\x13\x7f\xff\r\n"), 20000)
	done := make(chan []byte, 1)
	go func() {
		got := make([]byte, len(sent))
		if n, err := io.ReadFull(ours, got[:1]); err != nil {
			done <- got[:n]
			return
		}
		go ours.Write(sent)
		n, _ := io.ReadFull(ours, got)
		done <- got[:n]
	}()
	const echo = `exec 3<>/dev/ttyS0; printf . >&3; head -c "$1" <&3 >/tmp/line && cat /tmp/line >&3 && stty <&3 >/dev/null`
	code, err := guest.Run(t.Context(), guest.Options{Line: theirs, Stderr: os.Stderr, Limit: time.Minute}, "bash", "-c", echo, "bash", fmt.Sprint(len(sent)))
	if err != nil || code != 0 {
		t.Fatalf("code %d, error %v", code, err)
	}
	if got := <-done; !bytes.Equal(got, sent) {
		t.Errorf("%d of %d bytes came back, or not the same", len(got), len(sent))
	}
}
