package control

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/engine/journal"
)

// answers is an Engine that answers what it was made with.
type answers struct {
	status  Status
	entries []journal.Entry
	apply   func(ApplyRequest) (Planned, error)
	stopped chan string
}

func (a answers) Status(context.Context) (Status, error) { return a.status, nil }
func (a answers) Plan(context.Context, string) (Planned, error) {
	return Planned{}, errors.New("no plan")
}
func (a answers) Apply(_ context.Context, req ApplyRequest) (Planned, error) {
	return a.apply(req)
}
func (a answers) Confirm(context.Context, string) error           { return nil }
func (a answers) Revert(context.Context, string) (Planned, error) { return Planned{}, nil }
func (a answers) Adverts(context.Context) (Adverts, error)        { return Adverts{}, nil }
func (a answers) FallBack(context.Context, string, string) error  { return nil }
func (a answers) Config() (string, string)                        { return "text\n", "hash" }
func (a answers) Stop(mode string) error                          { a.stopped <- mode; return nil }
func (a answers) Journal(ctx context.Context, after uint64, send func(journal.Entry) error) error {
	for _, e := range a.entries {
		if e.Seq > after {
			if err := send(e); err != nil {
				return err
			}
		}
	}
	<-ctx.Done()
	return ctx.Err()
}

// listening serves an Engine on a socket that everybody may connect to.
func listening(t *testing.T, engine Engine) (path string, end func()) {
	t.Helper()
	dir, err := os.MkdirTemp("", "hf")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path = filepath.Join(dir, "x.sock")
	l, err := net.Listen("unix", path)
	if err == nil {
		err = errors.Join(os.Chmod(path, 0o666), os.Chmod(dir, 0o755))
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, l, engine, nil, slog.New(slog.NewTextHandler(io.Discard, nil))) }()
	return path, func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(5 * time.Second):
			t.Error("the server does not end")
		}
	}
}

func TestProblemsReachTheCallerAsTheyAre(t *testing.T) {
	path, end := listening(t, answers{apply: func(req ApplyRequest) (Planned, error) {
		return Planned{}, &Problem{Code: Conflict, Message: "no", Args: map[string]string{"running": req.IfMatch}}
	}})
	defer end()
	_, err := Dial(path).Apply(context.Background(), ApplyRequest{IfMatch: "abc"})
	var p *Problem
	if !errors.As(err, &p) || p.Code != Conflict || p.Args["running"] != "abc" {
		t.Fatal(err)
	}
	if _, err := Dial(path).Plan(context.Background(), ""); !errors.As(err, &p) || p.Code != Failed || p.Message != "no plan" {
		t.Fatal(err)
	}
}

func TestEveryCodeHasAStatus(t *testing.T) {
	for code, want := range map[string]int{
		Conflict: http.StatusConflict, Invalid: http.StatusUnprocessableEntity, Busy: http.StatusServiceUnavailable,
		NotFound: http.StatusNotFound, Forbidden: http.StatusForbidden, Failed: http.StatusInternalServerError,
	} {
		if statuses[code] != want {
			t.Error(code, statuses[code])
		}
	}
}

func TestConfigCarriesItsHashAsETag(t *testing.T) {
	path, end := listening(t, answers{})
	defer end()
	text, hash, err := Dial(path).Config(context.Background())
	if err != nil || text != "text\n" || hash != "hash" {
		t.Fatal(text, hash, err)
	}
}

func TestJournalStreamEndsWithTheServer(t *testing.T) {
	path, end := listening(t, answers{entries: []journal.Entry{{Seq: 1}, {Seq: 2}, {Seq: 3}}})
	got := make(chan uint64, 3)
	done := make(chan error, 1)
	go func() {
		done <- Dial(path).Journal(context.Background(), 1, func(e journal.Entry) error { got <- e.Seq; return nil })
	}()
	if a, b := <-got, <-got; a != 2 || b != 3 {
		t.Fatal(a, b)
	}
	end()
	if err := <-done; err == nil {
		t.Fatal("the stream ended without a reason")
	}
}

func TestStopIsAnsweredBeforeTheEnd(t *testing.T) {
	a := answers{stopped: make(chan string, 1)}
	path, end := listening(t, a)
	defer end()
	if err := Dial(path).Stop(context.Background(), "handoff"); err != nil {
		t.Fatal(err)
	}
	if mode := <-a.stopped; mode != "handoff" {
		t.Fatal(mode)
	}
}

func TestPeerIsTheProcessBehindTheSocket(t *testing.T) {
	path, end := listening(t, answers{})
	defer end()
	if pid, err := Dial(path).Peer(context.Background()); err != nil || pid != os.Getpid() {
		t.Fatal(pid, err)
	}
}

func TestUnreachableRoleIsNoProblem(t *testing.T) {
	_, err := Dial("/does/not/exist").Status(context.Background())
	var p *Problem
	if err == nil || errors.As(err, &p) {
		t.Fatal(err)
	}
}

// TestHelperAsksStatus is run by the next test as another user.
func TestHelperAsksStatus(t *testing.T) {
	path := os.Getenv("CONTROL_TEST_SOCKET")
	if path == "" {
		return
	}
	_, err := Dial(path).Status(context.Background())
	var p *Problem
	if errors.As(err, &p) {
		t.Log("refused as", p.Code)
	} else {
		t.Log("answered with", err)
	}
}

func TestOtherUsersAreRefused(t *testing.T) {
	path, end := listening(t, answers{})
	defer end()
	program := filepath.Join(filepath.Dir(path), "helper")
	text, err := os.ReadFile(os.Args[0])
	if err == nil {
		err = os.WriteFile(program, text, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	for uid, want := range map[uint32]string{0: "answered with <nil>", 65534: "refused as forbidden"} {
		cmd := exec.Command(program, "-test.run=^TestHelperAsksStatus$", "-test.v")
		cmd.Env = append(os.Environ(), "CONTROL_TEST_SOCKET="+path)
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("user %d: %v\n%s", uid, err, out)
		}
	}
}

func TestATextToApplyTravelsAsItStands(t *testing.T) {
	for _, text := range []string{"", "one\n\x00\xff\"\\", strings.Repeat("virtual_server\n", 1<<16)} {
		var got ApplyRequest
		path, end := listening(t, answers{apply: func(req ApplyRequest) (Planned, error) {
			got = req
			return Planned{Hash: "h"}, nil
		}})
		p, err := Dial(path).ApplyText(context.Background(), text)
		end()
		if want := (ApplyRequest{Text: text}); err != nil || p.Hash != "h" || got != want {
			t.Errorf("%d bytes: got %d, %v", len(text), len(got.Text), err)
		}
	}
}
