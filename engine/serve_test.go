package engine

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// pretender is a role without a kernel: it notes what it is asked to do.
type pretender struct {
	hangs   chan struct{} // closed: the loop goes round no more
	mu      sync.Mutex    // guards all below
	ran     []string      // the sequence of router_ids it was to run
	refuses error
	unfit   error                       // set while nothing is asked
	during  func(routerID string) error // called in the middle of an Apply, without mu; may be nil
	stop    chan control.StopMode
	stopped control.StopMode
	said    func(journal.Entry)
}

func newPretender() *pretender {
	return &pretender{stop: make(chan control.StopMode, 1), hangs: make(chan struct{})}
}

func (p *pretender) Name() string { return "vrrp" }

func (p *pretender) Read(name, text string, _ model.Accepted, facts model.Facts) (cfg model.Config, _ []model.Command, findings []model.Finding) {
	cfg, findings = model.Parse(name, []byte(text), facts)
	return cfg, nil, findings
}
func (p *pretender) Fit(cfg model.Config) (model.Config, error) { return cfg, p.unfit }

func (p *pretender) Run(ctx context.Context, cfg model.Config, host Services) error {
	p.note(cfg)
	p.mu.Lock()
	p.said = host.Journal
	p.mu.Unlock()
	if err := host.TakeOver(ctx); err != nil {
		return err
	}
	mode := control.Handoff
	select {
	case mode = <-p.stop:
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = mode
	return nil
}

func (p *pretender) note(cfg model.Config) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ran = append(p.ran, cfg.Global.RouterID.Val)
}

func (p *pretender) Plan(context.Context, model.Config) (control.Planned, error) {
	return control.Planned{Operations: plan.Plan{}}, nil
}

func (p *pretender) Apply(_ context.Context, cfg model.Config) (control.Planned, error) {
	p.mu.Lock()
	err, during := p.refuses, p.during
	p.mu.Unlock()
	if err != nil {
		return control.Planned{}, err
	}
	p.note(cfg)
	if during != nil {
		err = during(cfg.Global.RouterID.Val)
	}
	return control.Planned{}, err
}

// meanwhile has f called in the middle of every Apply from now on.
func (p *pretender) meanwhile(f func(routerID string) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.during = f
}

func (p *pretender) Status(context.Context, *control.Status) error { return nil }

func (p *pretender) Alive(ctx context.Context) (due time.Time, err error) {
	select {
	case <-p.hangs: // nil: it never does
		<-ctx.Done()
		return due, ctx.Err()
	default:
		return due, nil
	}
}

func (p *pretender) Stop(_ context.Context, mode control.StopMode) error {
	p.stop <- mode
	return nil
}

func (p *pretender) history() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.ran)
}

// run is one Serve of a pretender, and a client to it.
type run struct {
	role   *pretender
	client *control.Client
	ended  chan error
	cancel context.CancelFunc
}

// stage is the directories that several runs share.
type stage struct {
	t   *testing.T
	dir string
}

func newStage(t *testing.T) stage {
	dir, err := os.MkdirTemp("", "hf") // short: a socket's path has 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return stage{t, dir}
}

func (s stage) start(change ...func(*Options)) run {
	s.t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	opt := Options{
		Node: "n1", StateDir: filepath.Join(s.dir, "state"), RunDir: s.dir, Version: "test", Ready: w,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	for _, f := range change {
		f(&opt)
	}
	ctx, cancel := context.WithCancel(context.Background())
	this := run{newPretender(), control.Dial(filepath.Join(s.dir, "vrrp.sock")), make(chan error, 1), cancel}
	go func() { this.ended <- Serve(ctx, this.role, opt) }()
	ready := make(chan int, 1)
	go func() {
		n, _ := r.Read(make([]byte, 1))
		ready <- n
	}()
	select {
	case <-ready:
	case err := <-this.ended:
		s.t.Fatal("ended before it was ready:", err)
	case <-time.After(10 * time.Second):
		s.t.Fatal("never ready")
	}
	s.t.Cleanup(func() { cancel() })
	return this
}

func (r run) wait(t *testing.T) {
	t.Helper()
	select {
	case err := <-r.ended:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("never ended")
	}
}

func (r run) apply(t *testing.T, text string, confirm float64) control.Planned {
	t.Helper()
	p, err := r.client.Apply(context.Background(), control.ApplyRequest{Text: text, Confirm: confirm})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// collect reads the journal above after until it has met kind.
func (r run) collect(t *testing.T, after uint64, kind journal.Kind) []journal.Entry {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var got []journal.Entry
	enough := errors.New("enough")
	err := r.client.Journal(ctx, after, func(e journal.Entry) error {
		if got = append(got, e); e.Kind == kind {
			return enough
		}
		return nil
	})
	if err != enough {
		t.Fatalf("waiting for %s, with %v: %v", kind, got, err)
	}
	return got
}

func text(id string) string { return "global_defs {\n    router_id " + id + "\n}\n" }

func TestAppliedTextIsWhatTheNextStartRuns(t *testing.T) {
	s := newStage(t)
	first := s.start()
	first.apply(t, text("one"), 0)
	first.cancel()
	first.wait(t)
	second := s.start()
	if got := second.role.history(); !slices.Equal(got, []string{"one"}) {
		t.Fatal(got)
	}
	_, hash, err := second.client.Config(context.Background())
	if err != nil || hash != model.Hash([]byte(text("one"))) {
		t.Fatal(hash, err)
	}
}

func TestApplyIsRefusedWhenAnotherTextRunsThanExpected(t *testing.T) {
	r := newStage(t).start()
	r.apply(t, text("one"), 0)
	_, err := r.client.Apply(context.Background(), control.ApplyRequest{Text: text("two"), IfMatch: model.Hash(nil)})
	var p *control.Problem
	if !errors.As(err, &p) || p.Code != control.Conflict {
		t.Fatal(err)
	}
	if got := r.role.history(); got[len(got)-1] != "one" {
		t.Fatal(got)
	}
}

func TestTextTheRoleRefusesIsNotKept(t *testing.T) {
	r := newStage(t).start()
	r.apply(t, text("one"), 0)
	r.role.mu.Lock()
	r.role.refuses = errors.New("no")
	r.role.mu.Unlock()
	if _, err := r.client.Apply(context.Background(), control.ApplyRequest{Text: text("two")}); err == nil {
		t.Fatal("applied")
	}
	running, _, err := r.client.Config(context.Background())
	if err != nil || running != text("one") {
		t.Fatal(running, err)
	}
	r.collect(t, 0, journal.Refused)
}

func TestUnconfirmedApplyGoesBackByItself(t *testing.T) {
	r := newStage(t).start()
	r.apply(t, text("one"), 0)
	if p := r.apply(t, text("two"), 0.05); p.Until.IsZero() {
		t.Fatal("no time to go back")
	}
	entries := r.collect(t, 0, journal.Reverted)
	if last := entries[len(entries)-1]; last.Facts["reason"] != "not-confirmed" || last.Facts["hash"] != model.Hash([]byte(text("one"))) {
		t.Fatal(last)
	}
	if got := r.role.history(); !slices.Equal(got[1:], []string{"one", "two", "one"}) {
		t.Fatal(got)
	}
}

func TestConfirmedApplyStays(t *testing.T) {
	s := newStage(t)
	r := s.start()
	r.apply(t, text("one"), 0)
	p := r.apply(t, text("two"), 30)
	if st, err := r.client.Status(context.Background()); err != nil || st.Pending == nil || st.Pending.Hash != p.Hash {
		t.Fatal(st, err)
	}
	if err := r.client.Confirm(context.Background(), p.Hash); err != nil {
		t.Fatal(err)
	}
	if err := r.client.Confirm(context.Background(), p.Hash); err == nil {
		t.Fatal("confirmed twice")
	}
	r.collect(t, 0, journal.Confirmed)
	if _, err := os.Stat(filepath.Join(s.dir, "state", "vrrp.pending")); !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

func TestPendingApplyGoesBackAfterARestartOfTheRole(t *testing.T) {
	s := newStage(t)
	first := s.start()
	first.apply(t, text("one"), 0)
	first.apply(t, text("two"), 0.3)
	first.cancel()
	first.wait(t)
	second := s.start()
	second.collect(t, 0, journal.Reverted)
	if got := second.role.history(); !slices.Equal(got, []string{"two", "one"}) {
		t.Fatal(got)
	}
}

func TestRevertTakesThePendingTextBackAtOnce(t *testing.T) {
	r := newStage(t).start()
	r.apply(t, text("one"), 0)
	p := r.apply(t, text("two"), 30)
	if _, err := r.client.Apply(context.Background(), control.ApplyRequest{Text: text("three")}); err == nil {
		t.Fatal("applied over a text that waits")
	}
	if _, err := r.client.Revert(context.Background(), p.Hash); err != nil {
		t.Fatal(err)
	}
	if running, _, err := r.client.Config(context.Background()); err != nil || running != text("one") {
		t.Fatal(running, err)
	}
}

func TestSecondProcessTakesTheBatonAndTheFirstHandsOff(t *testing.T) {
	s := newStage(t)
	first := s.start()
	first.apply(t, text("one"), 0)
	second := s.start()
	first.wait(t)
	first.role.mu.Lock()
	defer first.role.mu.Unlock()
	if first.role.stopped != control.Handoff {
		t.Fatal("the first ended by", first.role.stopped)
	}
	if st, err := second.client.Status(context.Background()); err != nil || st.Hash != model.Hash([]byte(text("one"))) {
		t.Fatal(st, err)
	}
}

func TestJournalNumbersGoOnInTheNextProcess(t *testing.T) {
	s := newStage(t)
	first := s.start()
	first.apply(t, text("one"), 0)
	second := s.start()
	first.wait(t)
	second.apply(t, text("two"), 0)
	var seqs []uint64
	for _, e := range second.collect(t, 0, journal.Stopped) {
		seqs = append(seqs, e.Seq)
	}
	for _, e := range second.collect(t, seqs[len(seqs)-1], journal.Applied) {
		seqs = append(seqs, e.Seq)
	}
	for i, seq := range seqs {
		if seq != uint64(i+1) {
			t.Fatal(seqs)
		}
	}
}

func TestOrphanIsReleasedWhenNoParentComes(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t)
	one := s.start(func(o *Options) { o.Lifeline = r })
	began := time.Now()
	w.Close()
	one.wait(t)
	if took := time.Since(began); took < model.Unpeered { // how long at most, a lab measures
		t.Fatal("waited", took)
	}
	if one.role.stopped != control.Release {
		t.Fatal("ended by", one.role.stopped)
	}
}

// Nobody else is left to do it: the other role died as an orphan too.
func TestLastOrphanReleasesWhatTheOtherRoleLeft(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t)
	left := filepath.Join(s.dir, "lvs.manifest")
	if err := os.WriteFile(left, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	one := s.start(func(o *Options) { o.Lifeline = r })
	w.Close()
	one.wait(t)
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Error("the manifest of the other role is still there:", err)
	}
}

func TestOrphanIsNotReleasedWhenASuccessorComes(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t)
	one := s.start(func(o *Options) { o.Lifeline = r })
	w.Close()
	s.start()
	one.wait(t)
	if one.role.stopped != control.Handoff {
		t.Fatal("ended by", one.role.stopped)
	}
}

func TestStopOverTheSocketReleases(t *testing.T) {
	r := newStage(t).start()
	if err := r.client.Stop(context.Background(), "sideways"); err == nil {
		t.Fatal("stopped sideways")
	}
	if err := r.client.Stop(context.Background(), "release"); err != nil {
		t.Fatal(err)
	}
	r.wait(t)
	if r.role.stopped != control.Release {
		t.Fatal("ended by", r.role.stopped)
	}
}

func TestTextWithErrorsIsNotApplied(t *testing.T) {
	r := newStage(t).start()
	broken := "vrrp_instance VI_1 {\n    virtual_router_id 300\n"
	_, err := r.client.Apply(context.Background(), control.ApplyRequest{Text: broken})
	var p *control.Problem
	if !errors.As(err, &p) || p.Code != control.Invalid || !strings.HasPrefix(p.Message, "line ") {
		t.Fatal(err)
	}
}
