package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/store"
)

// keptRole answers as a role does: it keeps a text and waits for a confirmation. What it
// is not asked for here is missing.
type keptRole struct {
	control.Engine
	mu           sync.Mutex
	name         string
	text, before string
	until        time.Time
	entries      []journal.Entry
}

func (r *keptRole) Status(context.Context) (control.Status, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := control.Status{Role: r.name, Node: "lb1", Hash: model.Hash([]byte(r.text)), Seq: uint64(len(r.entries))}
	if !r.until.IsZero() {
		s.Pending = &control.Pending{Hash: s.Hash, Previous: model.Hash([]byte(r.before)), Until: r.until}
	}
	return s, nil
}

func (r *keptRole) Config() (string, string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text, model.Hash([]byte(r.text))
}

func (r *keptRole) Plan(_ context.Context, text string) (control.Planned, error) {
	return control.Planned{Hash: model.Hash([]byte(text)), Changes: []string{r.name + ": changes"}}, nil
}

func (r *keptRole) Apply(_ context.Context, req control.ApplyRequest) (control.Planned, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.before, r.text = r.text, req.Text
	r.until = time.Now().Add(time.Duration(req.Confirm * float64(time.Second)))
	return control.Planned{Hash: model.Hash([]byte(req.Text))}, nil
}

func (r *keptRole) end(hash, text string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.until.IsZero() || hash != model.Hash([]byte(r.text)) {
		return &control.Problem{Code: control.NotFound, Message: "nothing waits"}
	}
	if text != "" {
		r.text = text
	}
	r.until = time.Time{}
	return nil
}

func (r *keptRole) Confirm(_ context.Context, hash string) error { return r.end(hash, "") }

func (r *keptRole) Revert(_ context.Context, hash string) (control.Planned, error) {
	r.mu.Lock()
	before := r.before
	r.mu.Unlock()
	return control.Planned{}, r.end(hash, before)
}

func (r *keptRole) Journal(ctx context.Context, after uint64, each func(journal.Entry) error) error {
	for _, e := range r.entries {
		if e.Seq > after {
			if err := each(e); err != nil {
				return err
			}
		}
	}
	<-ctx.Done()
	return ctx.Err()
}

// keptRoles are both roles, running text, and where they and a database are.
func keptRoles(t *testing.T, text string) (vrrp, lvs *keptRole, data, run string) {
	t.Helper()
	run, err := os.MkdirTemp("", "hf") // short: a socket's path has 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(run) })
	vrrp, lvs = &keptRole{name: "vrrp", text: text}, &keptRole{name: "lvs", text: text}
	for _, r := range []*keptRole{vrrp, lvs} {
		l, err := net.Listen("unix", control.Socket(run, r.name))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- control.Serve(ctx, l, r, nil, slog.New(slog.NewTextHandler(io.Discard, nil))) }()
		t.Cleanup(func() { cancel(); <-done })
	}
	data = t.TempDir()
	s, err := store.Open(t.Context(), filepath.Join(data, "web"))
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return vrrp, lvs, data, run
}

const (
	textBefore = "global_defs {\n\trouter_id lb1\n}\n"
	textAfter  = "global_defs {\n\trouter_id lb2\n}\n"
)

// asked runs a command that has to end with code, and gives what it printed.
func asked(t *testing.T, code int, args ...string) (out, problems string) {
	t.Helper()
	got, out, problems := try("en", args...)
	if got != code {
		t.Fatalf("%v: exit code %d, not %d\n%s%s", args, got, code, out, problems)
	}
	return out, problems
}

func TestAChangeIsKeptAndTakenBackWithoutAConsole(t *testing.T) {
	t.Parallel()
	vrrp, lvs, data, run := keptRoles(t, textBefore)
	file := filepath.Join(t.TempDir(), "new.conf")
	if err := os.WriteFile(file, []byte(textAfter), 0o600); err != nil {
		t.Fatal(err)
	}
	at := []string{"--data", data, "--run-dir", run}
	with := func(args ...string) []string { return append(args, at...) }

	out, problems := asked(t, 0, with("apply", "--dry-run", file)...)
	if !strings.Contains(problems, "vrrp: changes") || vrrp.text != textBefore {
		t.Errorf("dry run: %q, %q; what runs: %q", out, problems, vrrp.text)
	}
	out, _ = asked(t, 0, with("apply", "--confirm", "5m", "--note", "for the test", file)...)
	if !strings.Contains(out, "Revision 2 runs") || !strings.Contains(out, "holdfast confirm "+model.Hash([]byte(textAfter))[:8]) {
		t.Errorf("apply: %q", out)
	}
	if left := time.Until(lvs.until); vrrp.text != textAfter || lvs.text != textAfter || left < 4*time.Minute {
		t.Errorf("after apply: %q, %q, goes back in %v", vrrp.text, lvs.text, left)
	}
	if out, _ = asked(t, 0, with("apply", file)...); !strings.Contains(out, "runs already") {
		t.Errorf("the same again: %q", out)
	}
	if _, problems = asked(t, 1, with("confirm", "0000")...); !strings.Contains(problems, "and not 0000") || lvs.until.IsZero() {
		t.Errorf("another hash: %q", problems)
	}
	asked(t, 0, with("confirm")...)
	if !vrrp.until.IsZero() || !lvs.until.IsZero() {
		t.Error("a role still waits")
	}
	if _, problems = asked(t, 1, with("confirm")...); !strings.Contains(problems, "no applied text waits") {
		t.Errorf("nothing waits: %q", problems)
	}

	if err := os.WriteFile(file, []byte(textBefore), 0o600); err != nil {
		t.Fatal(err)
	}
	asked(t, 0, with("apply", file)...)
	asked(t, 0, with("revert")...)
	if vrrp.text != textAfter || lvs.text != textAfter {
		t.Errorf("after revert: %q, %q", vrrp.text, lvs.text)
	}
	out, _ = asked(t, 0, with("history", "--json")...)
	var past []struct {
		Number                int64
		Author, Note, Outcome string
		Running               bool
	}
	if err := json.Unmarshal([]byte(out), &past); err != nil {
		t.Fatal(err)
	}
	if len(past) != 3 || past[0].Outcome != "reverted" || past[1].Outcome != "kept" || !past[1].Running || past[1].Note != "for the test" || past[1].Author == "" || past[2].Author != "" {
		t.Errorf("history: %s", out)
	}
	out, _ = asked(t, 0, with("diff", "1", "running")...)
	if want := "--- 1\n+++ running\n@@ -1,3 +1,3 @@\n global_defs {\n-\trouter_id lb1\n+\trouter_id lb2\n }\n"; out != want {
		t.Errorf("diff:\n%s\nwant\n%s", out, want)
	}
	s, err := store.Open(t.Context(), filepath.Join(data, "web"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	acts, err := s.AuditPage(t.Context(), 0, 100)
	if err != nil || len(acts) == 0 {
		t.Fatalf("%v, %v", acts, err)
	}
	for _, a := range acts {
		if a.User == "" {
			t.Errorf("the audit does not say who did %s", a.Action)
		}
	}
}

func TestAChangeIsTakenBackWithoutADatabase(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"confirm", "revert"} {
		vrrp, lvs, _, run := keptRoles(t, textBefore)
		for _, r := range []*keptRole{vrrp, lvs} {
			if _, err := r.Apply(t.Context(), control.ApplyRequest{Text: textAfter, Confirm: 60}); err != nil {
				t.Fatal(err)
			}
		}
		empty := t.TempDir()
		_, problems := asked(t, 0, end, "--data", empty, "--run-dir", run)
		if !vrrp.until.IsZero() || !lvs.until.IsZero() || !strings.Contains(problems, "no database") {
			t.Errorf("%s: %q", end, problems)
		}
		if left, err := os.ReadDir(empty); err != nil || len(left) > 0 {
			t.Errorf("%s makes a database: %v, %v", end, left, err)
		}
	}
}

func TestAnOrderThatCannotBeMeantChangesNothing(t *testing.T) {
	t.Parallel()
	vrrp, _, data, run := keptRoles(t, textBefore)
	file := filepath.Join(t.TempDir(), "new.conf")
	at := []string{file, "--data", data, "--run-dir", run}
	for text, words := range map[string]string{
		"vrrp_instance VI {\n": "has errors", "vrrp_instance V {\n\tinterface lo\n\tvirtual_router_id 300\n}\n": "has errors",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, more := range [][]string{{"--dry-run"}, {"--no-confirm"}} {
			_, problems := asked(t, exitFailed, append(append([]string{"apply"}, more...), at...)...)
			if !strings.Contains(problems, words) || !strings.Contains(problems, "new.conf:") && !strings.Contains(problems, "keepalived.conf:") {
				t.Errorf("%q: %s", text, problems)
			}
		}
	}
	for _, line := range []string{"--confirm 0s", "--confirm 48h", "--confirm 5m --no-confirm", "--surely"} {
		if _, problems := asked(t, exitUsage, append(append([]string{"apply"}, strings.Fields(line)...), at...)...); problems == "" {
			t.Errorf("%s: no word", line)
		}
	}
	if vrrp.text != textBefore {
		t.Errorf("runs %q", vrrp.text)
	}
}

func TestEventsOfBothRolesAreToldInTheOrderOfTime(t *testing.T) {
	t.Parallel()
	vrrp, lvs, _, run := keptRoles(t, textBefore)
	at := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	entry := func(seq uint64, role string, second int, kind journal.Kind, object string) journal.Entry {
		return journal.Entry{Seq: seq, Node: "lb1", Role: role, At: at.Add(time.Duration(second) * time.Second), Kind: kind, Object: object,
			Facts: map[string]string{journal.FactFrom: "BACKUP", journal.FactTo: "MASTER"}}
	}
	vrrp.entries = []journal.Entry{entry(1, "vrrp", 0, journal.InstanceState, "VI_1"), entry(2, "vrrp", 2, journal.InstanceState, "VI_2")}
	lvs.entries = []journal.Entry{entry(1, "lvs", 1, journal.QuorumState, "tcp:192.0.2.1:80")}
	objects := func(args ...string) (list []string) {
		out, _ := asked(t, 0, append([]string{"events", "--json", "--run-dir", run}, args...)...)
		for line := range strings.Lines(out) {
			var e journal.Entry
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatal(err)
			}
			list = append(list, e.Object)
		}
		return list
	}
	for want, args := range map[string][]string{
		"VI_1 tcp:192.0.2.1:80 VI_2": nil, "VI_1 VI_2": {"--kind", "instance-state"}, "VI_2": {"--limit", "1"}, "tcp:192.0.2.1:80": {"--object", "tcp:192.0.2.1:80"},
	} {
		if got := strings.Join(objects(args...), " "); got != want {
			t.Errorf("%v: %s, not %s", args, got, want)
		}
	}
	if out, _ := asked(t, 0, "events", "--run-dir", run); !strings.HasPrefix(out, "2026-11-28 ") || !strings.Contains(out, "VI_1") {
		t.Errorf("%q", out)
	}
}

func TestNobodyElseHasTheTurnMeanwhile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := func() *store.Store {
		s, err := store.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
				t.Error(err)
			}
		})
		return s
	}
	console, command := open(), open()
	release := command.Turn()
	if _, ok := console.TryTurn(); ok {
		t.Error("two have the turn")
	}
	release()
	again, ok := console.TryTurn()
	if !ok {
		t.Fatal("nobody has it, and it is not given")
	}
	again()
}
