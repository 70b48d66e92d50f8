package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/store"
)

const configured = `global_defs {
	notification_email {
		root
		"Ops, night" <ops@example.org>
	}
	notification_email_from lvs@example.org
	smtp_server 127.0.0.1 %d
	router_id LVS_DEVEL
}
`

// role is an engine role as far as its socket shows it: a journal and a text.
type role struct {
	control.Engine
	name string
	text string

	mu   sync.Mutex // guards ring
	ring *journal.Ring
}

func (r *role) now() *journal.Ring {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ring
}

func (r *role) Status(context.Context) (control.Status, error) {
	return control.Status{Role: r.name, Node: "lvs1", Seq: r.now().Last()}, nil
}

func (r *role) Config() (text, hash string) { return r.text, fmt.Sprint(len(r.text)) }

func (r *role) Journal(ctx context.Context, after uint64, send func(journal.Entry) error) error {
	ring := r.now()
	for {
		entries, floor := ring.After(after)
		if after < floor {
			gap := journal.Gap(after, floor+1)
			gap.Node, gap.Role, gap.At = "lvs1", r.name, time.Now()
			entries = append([]journal.Entry{gap}, entries...)
		}
		for _, e := range entries {
			if err := send(e); err != nil {
				return err
			}
			after = e.Seq
		}
		if err := ring.Wait(ctx, after); err != nil {
			return err
		}
	}
}

// add puts n transitions into the ring, going on from its last.
func (r *role) add(n int) {
	ring := r.now()
	for range n {
		seq := ring.Last() + 1
		ring.Add(journal.Entry{
			Seq: seq, Node: "lvs1", Role: r.name, At: time.Now(), Kind: journal.InstanceState, Object: "VI_1", Mail: true,
			Facts: map[string]string{"from": "BACKUP", "to": "MASTER", "reason": "advert-timeout", "n": fmt.Sprint(seq)},
		})
	}
}

// reboot gives the role a new ring.
func (r *role) reboot(size int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ring = journal.NewRing(size, 0)
}

// serve listens on the role's socket until the test or stop ends it.
func (r *role) serve(t *testing.T, runDir string) (stop func()) {
	t.Helper()
	path := control.Socket(runDir, r.name)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- control.Serve(ctx, l, r, nil, discard()) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func startRun(t *testing.T, o Options) (stop func()) {
	t.Helper()
	o.Log, o.Node = discard(), "lvs1"
	if o.Retry == (RetryPolicy{}) {
		o.Retry = quick
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Run(ctx, o) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run ended: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// stored waits until the journal has n rows and gives their numbers, oldest first.
func stored(t *testing.T, s *store.Store, n int) []uint64 {
	t.Helper()
	var seqs []uint64
	for range 6000 {
		rows, err := s.JournalSince(t.Context(), 0, 100_000)
		if err != nil {
			t.Fatal(err)
		}
		seqs = seqs[:0]
		for _, r := range rows {
			seqs = append(seqs, r.Entry.Seq)
		}
		if len(seqs) >= n {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if len(seqs) != n {
		t.Fatalf("%d rows, want %d: %v", len(seqs), n, seqs)
	}
	return seqs
}

func TestTransitionBecomesOneMailPerRecipient(t *testing.T) {
	sink, _ := newSink(t, "", nil)
	s, runDir := newStore(t), t.TempDir()
	vrrp := &role{name: "vrrp", text: fmt.Sprintf(configured, sink.port), ring: journal.NewRing(100, 0)}
	vrrp.serve(t, runDir)
	entries := make(chan journal.Entry, 10)
	startRun(t, Options{Store: s, RunDir: runDir, Scope: store.ScopeSMTPAlert, Entries: entries})
	vrrp.add(1)
	mails := sink.wait(t, 2)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	to := []string{mails[0].to, mails[1].to}
	slices.Sort(to)
	if fmt.Sprint(to) != fmt.Sprint([]string{"ops@example.org", "root@" + host}) {
		t.Errorf("to %v", to)
	}
	for _, m := range mails {
		if m.from != "lvs@example.org" || m.header.Get("Subject") != "[LVS_DEVEL] VRRP Instance VI_1 - Entering MASTER state" {
			t.Errorf("got %+v", m)
		}
		for _, part := range []string{"=> VRRP Instance is now owning VRRP VIPs <=\r\n", host, "VI_1", "BACKUP", "MASTER", "no master was heard in time"} {
			if !strings.Contains(m.body, part) {
				t.Errorf("the body lacks %q:\n%s", part, m.body)
			}
		}
	}
	if e := <-entries; e.Seq != 1 || e.Object != "VI_1" {
		t.Errorf("browsers got %+v", e)
	}
}

func TestKilledReaderLosesAndDoublesNothing(t *testing.T) {
	sink, _ := newSink(t, "", nil)
	s, runDir := newStore(t), t.TempDir()
	vrrp := &role{name: "vrrp", text: fmt.Sprintf(configured, sink.port), ring: journal.NewRing(1000, 0)}
	vrrp.serve(t, runDir)
	for range 10 {
		stop := startRun(t, Options{Store: s, RunDir: runDir, Scope: store.ScopeSMTPAlert})
		vrrp.add(7)
		time.Sleep(15 * time.Millisecond) // it is somewhere in the middle
		stop()
		vrrp.add(3)
	}
	startRun(t, Options{Store: s, RunDir: runDir, Scope: store.ScopeSMTPAlert})
	for i, seq := range stored(t, s, 100) {
		if seq != uint64(i+1) {
			t.Fatalf("row %d is entry %d", i+1, seq)
		}
	}
	// A mail that was cut off before the server's answer comes again under its
	// Message-ID: there are 200 to be had, and never one more.
	for range 1000 {
		if counts, err := s.OutboxCounts(t.Context()); err != nil || counts[store.MailSent] >= 200 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	ids := map[string]int{}
	for _, m := range sink.all() {
		ids[m.header.Get("Message-Id")]++
	}
	if len(ids) != 200 {
		t.Fatalf("%d different mails of 200", len(ids))
	}
}

func TestRoleThatComesBackIsReadOn(t *testing.T) {
	s, runDir := newStore(t), t.TempDir()
	lvs := &role{name: "lvs", ring: journal.NewRing(100, 0)}
	startRun(t, Options{Store: s, RunDir: runDir, Scope: store.ScopeAll})
	stop := lvs.serve(t, runDir)
	lvs.add(5)
	stored(t, s, 5)
	stop()
	lvs.add(5)
	lvs.serve(t, runDir)
	stored(t, s, 10)
}

func TestRingAfterARebootIsReadFromItsBeginning(t *testing.T) {
	for _, c := range []struct {
		name  string
		after int // entries of the new ring when it is first seen
	}{{"while it is shorter than the old one", 3}, {"when it is as long as the old one", 10}, {"when it is longer than the old one", 25}} {
		t.Run(c.name, func(t *testing.T) {
			s, runDir := newStore(t), t.TempDir()
			vrrp := &role{name: "vrrp", ring: journal.NewRing(100, 0)}
			stop := vrrp.serve(t, runDir)
			end := startRun(t, Options{Store: s, RunDir: runDir, Scope: store.ScopeAll})
			vrrp.add(10)
			stored(t, s, 10)
			end()
			stop()
			vrrp.reboot(100)
			vrrp.add(c.after)
			vrrp.serve(t, runDir)
			startRun(t, Options{Store: s, RunDir: runDir, Scope: store.ScopeAll})
			seqs := stored(t, s, 10+c.after)
			if seqs[10] != 1 || seqs[9+c.after] != uint64(c.after) {
				t.Fatalf("got %v", seqs)
			}
			vrrp.add(1)
			stored(t, s, 11+c.after)
		})
	}
}

func TestEntriesThatFellOutAreToldOnceAndCountedRight(t *testing.T) {
	s, runDir := newStore(t), t.TempDir()
	vrrp := &role{name: "vrrp", ring: journal.NewRing(5, 0)}
	vrrp.serve(t, runDir)
	end := startRun(t, Options{Store: s, RunDir: runDir, Scope: store.ScopeAll})
	vrrp.add(1)
	stored(t, s, 1)
	end()
	vrrp.add(20) // 2 to 21; 17 to 21 are left
	for range 2 {
		end = startRun(t, Options{Store: s, RunDir: runDir, Scope: store.ScopeAll})
		stored(t, s, 7)
		time.Sleep(50 * time.Millisecond)
		end()
	}
	lost, err := s.JournalPage(t.Context(), store.JournalFilter{Kind: journal.Lost})
	if err != nil || len(lost) != 1 || lost[0].Entry.Facts["count"] != "15" {
		t.Fatalf("%+v, %v", lost, err)
	}
}

func TestStoredSettingsComeBeforeTheConfigurations(t *testing.T) {
	sink, _ := newSink(t, "", nil)
	s, runDir := newStore(t), t.TempDir()
	vrrp := &role{name: "vrrp", text: fmt.Sprintf(configured, 9), ring: journal.NewRing(100, 0)} // port 9: nobody is there
	vrrp.serve(t, runDir)
	if err := s.SaveMailSettings(t.Context(), store.MailSettings{
		Host: "127.0.0.1", Port: sink.port, Security: store.SecurityAuto, To: []string{"night@example.org"}, Scope: store.ScopeAll, Lang: "zh-CN",
	}); err != nil {
		t.Fatal(err)
	}
	startRun(t, Options{Store: s, RunDir: runDir, Stored: true, Scope: store.ScopeAll})
	vrrp.add(1)
	if m := sink.wait(t, 1)[0]; m.to != "night@example.org" || m.header.Get("Content-Transfer-Encoding") != "base64" {
		t.Fatalf("got %+v", m)
	}
}

func TestMailThatIsSwitchedOffIsNotSentAsTheConfigurationSays(t *testing.T) {
	sink, _ := newSink(t, "", nil)
	s, runDir := newStore(t), t.TempDir()
	vrrp := &role{name: "vrrp", text: fmt.Sprintf(configured, sink.port), ring: journal.NewRing(100, 0)}
	vrrp.serve(t, runDir)
	if err := s.SaveMailSettings(t.Context(), store.MailSettings{Security: store.SecurityAuto, Scope: store.ScopeOff}); err != nil {
		t.Fatal(err)
	}
	startRun(t, Options{Store: s, RunDir: runDir, Stored: true, Scope: store.ScopeAll})
	vrrp.add(1)
	stored(t, s, 1)
	if mails, err := s.OutboxPage(t.Context(), 0, 10); err != nil || len(mails) != 0 {
		t.Fatalf("put into the outbox: %+v, %v", mails, err)
	}
}

func TestMailsOfAStoppedMailServerDoNotHoldUpTheJournal(t *testing.T) {
	server := newScripted(t, script{"": "hang"})
	s, runDir := newStore(t), t.TempDir()
	vrrp := &role{name: "vrrp", text: fmt.Sprintf(configured, server.port), ring: journal.NewRing(10_000, 0)}
	vrrp.serve(t, runDir)
	startRun(t, Options{Store: s, RunDir: runDir, Scope: store.ScopeSMTPAlert})
	vrrp.add(1)
	outboxBecomes(t, s, 1, func(store.Mail) bool { return server.conns.Load() > 0 }) // the sender hangs
	vrrp.add(200)
	began := time.Now()
	stored(t, s, 201)
	if took := time.Since(began); took > 15*time.Second {
		t.Fatalf("200 entries took %v", took)
	}
}

func TestRunRoleEndsQuietlyWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	dir := filepath.Join(t.TempDir(), "mail")
	go func() { done <- RunRole(ctx, dir, t.TempDir(), "lvs1", discard()) }()
	for range 500 {
		if _, err := os.Stat(filepath.Join(dir, "journal.db")); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestWhatARoleSaysAtItsEndIsMailedWhenAllIsStoppedAtOnce(t *testing.T) {
	sink, _ := newSink(t, "", nil)
	s, runDir := newStore(t), t.TempDir()
	vrrp := &role{name: "vrrp", text: fmt.Sprintf(configured, sink.port), ring: journal.NewRing(100, 0)}
	stopRole := vrrp.serve(t, runDir)
	retry := quick
	retry.Leave = time.Minute
	stopRun := startRun(t, Options{Store: s, RunDir: runDir, Scope: store.ScopeSMTPAlert, Retry: retry})
	vrrp.add(1)
	sink.wait(t, 2)
	time.AfterFunc(100*time.Millisecond, func() { // a role needs a moment to end
		vrrp.add(1)
		time.AfterFunc(50*time.Millisecond, stopRole)
	})
	stopRun()
	if n := len(sink.all()); n != 4 {
		t.Fatalf("%d mails", n)
	}
}

func TestEndIsBoundedWhenRolesStay(t *testing.T) {
	s, runDir := newStore(t), t.TempDir()
	vrrp := &role{name: "vrrp", ring: journal.NewRing(100, 0)}
	vrrp.serve(t, runDir)
	retry := quick
	retry.Leave = 200 * time.Millisecond
	stop := startRun(t, Options{Store: s, RunDir: runDir, Scope: store.ScopeAll, Retry: retry})
	vrrp.add(1)
	stored(t, s, 1)
	began := time.Now()
	stop()
	if took := time.Since(began); took < 100*time.Millisecond || took > 15*time.Second {
		t.Fatalf("ended after %v", took)
	}
}
