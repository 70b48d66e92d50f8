package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/store"
)

// tape is what is written by several.
type tape struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (t *tape) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(b)
}

func (t *tape) says(what string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Count(t.text.String(), what)
}

func TestSetupLinkIsPrintedOnceAndNotAnewAtTheNextStart(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var out tape // log and output end in one journal
	for start := 1; start <= 3; start++ {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- Run(ctx, Options{Store: s, RunDir: t.TempDir(), Listener: l, Node: "n1", Log: slog.New(slog.NewTextHandler(&out, nil)), Out: &out})
		}()
		for out.says("nobody has an account yet") < start || out.says("console at") < start {
			select {
			case err := <-ended:
				t.Fatal("the console ended:", err)
			case <-time.After(time.Millisecond):
			}
		}
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if n := out.says("console at http://127.0.0.1:"); n != 3 {
		t.Errorf("three starts say %d times where the console is", n)
	}
	if n := out.says("token="); n != 1 {
		t.Errorf("the link stands there %d times", n)
	}
}

func TestTheLastLineOfAStartSaysWhereTheConsoleIsAndHowItStops(t *testing.T) {
	for lang, want := range map[string]string{
		"":      "console at http://127.0.0.1:8080, Ctrl-C stops",
		"zh-CN": "控制台地址：http://127.0.0.1:8080，按 Ctrl-C 停止",
	} {
		if got := where(lang, "http://127.0.0.1:8080", true); got != want {
			t.Errorf("%q: %s", lang, got)
		}
	}
	if got := where("en", "https://lb1.example", false); got != "console at https://lb1.example" {
		t.Error(got)
	}
}
