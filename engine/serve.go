package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"holdfast/engine/atomicfile"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/policy"
	"holdfast/engine/realtime"
	"holdfast/engine/state"
)

// Options are what the process around a role gives to Serve.
type Options struct {
	Node     string
	StateDir string // on disk: the applied text
	RunDir   string // on tmpfs: lock, socket, journal, records
	Version  string
	Log      *slog.Logger
	Lifeline *os.File                // a socket to the parent: its signs, its wish for a handoff, its end; it gets our signs; nil: there is no parent
	Ready    *os.File                // gets one line when the role has taken over, and is closed when it has Settled; may be nil
	Stop     <-chan control.StopMode // how the process is told to end; may be nil
	Dump     <-chan control.Dump     // reports that the process is asked for; may be nil
	Allow    []uint32                // user ids let in at the control socket besides root and our own
	Group    int                     // group of the control socket; 0 leaves it
	Spawner  net.Conn                // to the process that runs the operator's programs (package spawn); nil: they are run here
	Programs policy.Policy           // which programs a text from the console may have run, where the role is root
	Disk     atomicfile.Disk         // under StateDir; nil: the real one
}

// stopPatience is how long a role may take to stop before it is left to its
// parent, which kills it.
const stopPatience = 10 * time.Second

// Serve runs a role until it is stopped, until ctx ends (a handoff), or until
// the parent died and nobody came to take over. It owns what both roles share:
// the lock, the applied text with its confirmation, the journal and the control
// socket.
//
//	           Options.Stop, ctx ──┐
//	control socket ── apply, stop ─┤        ┌────── Role ──────┐
//	confirmation timer ── revert ──┼──────▶ │ loop      writer │──▶ note ──▶ journal ──▶ disk, readers
//	lifeline ── orphaned ──────────┘        └──────────────────┘
func Serve(ctx context.Context, role Role, opt Options) error {
	if err := errors.Join(os.MkdirAll(opt.RunDir, 0o755), os.MkdirAll(opt.StateDir, 0o700)); err != nil {
		return err
	}
	if opt.Disk == nil {
		opt.Disk = atomicfile.Real{}
	}
	log := opt.Log.With("role", role.Name())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	tasks, ctx := errgroup.WithContext(ctx)
	s := &process{
		role: role, opt: opt, log: log, since: time.Now(),
		applied: state.AppliedOn(opt.Disk, opt.StateDir, role.Name()), journal: journal.NewLog(opt.Node, role.Name(), opt.RunDir, opt.StateDir, log),
		tasks: tasks, ctx: ctx, cancel: cancel, changing: make(chan struct{}, 1),
	}
	boot, err := s.applied.Choose()
	if err != nil {
		return err
	}
	s.boot = boot
	cfg := s.run(boot.Text)
	// The journal outlives ctx by what is still to be written.
	writing, written := context.WithCancel(context.WithoutCancel(ctx))
	var writer sync.WaitGroup
	var writeErr error
	writer.Go(func() { writeErr = s.journal.Run(writing) })
	tasks.Go(s.obey)
	tasks.Go(s.watchParent)
	tasks.Go(s.giveSigns)
	tasks.Go(s.watchParentSigns)
	tasks.Go(s.report)
	services := Services{Node: opt.Node, RunDir: opt.RunDir, StateDir: opt.StateDir, Disk: opt.Disk, Log: log, Journal: s.journal.Note, TakeOver: s.takeOver, Settled: sync.OnceFunc(s.settled)}
	if opt.Spawner != nil {
		services.Run = s.spawner(opt.Spawner)
	}
	err = role.Run(ctx, cfg, services)
	// A change under way ends soon, now that the role has ended; what it still
	// writes it writes while the lock is ours. No other one begins.
	s.changing <- struct{}{}
	s.journal.Note(journal.Entry{Kind: journal.Stopped, Facts: map[string]string{journal.FactPID: strconv.Itoa(os.Getpid()), journal.FactHow: s.ending()}})
	written()
	writer.Wait()
	s.leave()
	cancel()
	if e := tasks.Wait(); !errors.Is(e, context.Canceled) {
		err = errors.Join(err, e)
	}
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(err, writeErr, s.clearUp(context.WithoutCancel(ctx)))
}

// process is what stands around a role while it runs.
type process struct {
	role    Role
	opt     Options
	log     *slog.Logger
	since   time.Time
	applied state.Applied
	journal *journal.Log
	tasks   *errgroup.Group
	ctx     context.Context
	cancel  context.CancelFunc

	rest     realtime.Rest // after a large text
	boot     state.Choice  // what the process started from, until it resumes
	changing chan struct{} // holds one token while the running text changes

	signs    atomic.Int64 // of the parent, since the last look
	vouching sync.Mutex   // guards ROLE.programs in the state directory
	reading  sync.Mutex   // held while a text is read for a plan or an apply: two at once would take twice the memory

	mu      sync.Mutex // guards all below
	now     running
	pending *pending
	unsure  string            // hash of the text that waited when the role started, by a note that could not be read; set before anybody is served
	off     *state.Condition  // why the role runs another text than it should; nil: it does not
	alone   []control.Blocked // the parent gives no sign; empty: it does, or there is none
	bare    []control.Blocked // the applied text could not be written anew; empty: it could, or did not have to be
	lock    *state.Lock
	how     string // how the role was told to end
}

// takeOver is Services.TakeOver.
func (s *process) takeOver(ctx context.Context) error {
	lock, err := state.TakeLock(ctx, s.opt.RunDir, s.role.Name(), s.log)
	if err != nil {
		return fmt.Errorf("take over: %w", err)
	}
	s.mu.Lock()
	s.lock = lock
	s.mu.Unlock()
	if err := s.journal.Open(); err != nil {
		return err
	}
	// Listen before reading the applied text: `holdfast run` writes that file only
	// when nobody listens, so what it wrote is what we read next.
	l, err := s.listen()
	if err != nil {
		return fmt.Errorf("open control socket: %w", err)
	}
	if err := s.resume(); err != nil {
		l.Close()
		return err
	}
	s.tasks.Go(s.watchStored)
	s.tasks.Go(func() error { return control.Serve(s.ctx, l, s, s.opt.Allow, s.log) })
	return s.tellReady()
}

func (s *process) tellReady() error {
	if s.opt.Ready == nil {
		return nil
	}
	_, err := s.opt.Ready.Write([]byte{'\n'})
	if errors.Is(err, syscall.EPIPE) {
		err = nil // the parent is gone; the lifeline tells
	}
	return err
}

// settled is Services.Settled.
func (s *process) settled() {
	if s.opt.Ready == nil {
		return
	}
	if err := s.opt.Ready.Close(); err != nil {
		s.log.Error("telling the parent", "err", err)
	}
}

// catchUp applies what the older process applied after this one had read its text.
func (s *process) catchUp(cfg model.Config) {
	defer func() { <-s.changing }()
	if _, err := s.role.Apply(s.ctx, cfg); err != nil && s.ctx.Err() == nil {
		s.log.Error("applying the text of the older process", "err", err)
	}
}

// listen makes the control socket. It is renamed into place, so that there is
// never a moment with none.
func (s *process) listen() (net.Listener, error) {
	path := control.Socket(s.opt.RunDir, s.role.Name())
	temp := path + "." + strconv.Itoa(os.Getpid())
	if err := os.Remove(temp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: temp, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false) // a successor may have put its own there
	err = os.Chmod(temp, 0o660)
	if err == nil && s.opt.Group != 0 {
		err = os.Chown(temp, -1, s.opt.Group)
	}
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// leave lets the role's successor in.
func (s *process) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lock.Drop()
}

// running is the running text, and what the process has to know of it.
type running struct {
	text, hash string
	cfg        model.Config
	accepted   model.Accepted // both, for the next text; empty where errors are in this one
	down       time.Duration  // the shortest master-down time
}

func newRunning(text string, cfg model.Config) running {
	return running{text, model.HashText(text), cfg, model.Accepted{Text: text, Config: cfg}, model.ShortestDown(cfg)}
}

func (s *process) running() running {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// run makes text the running one in the process's own record of it. What it says is
// taken as far as it can be understood: it was fit to be applied once, and an
// address that goes on is worth more than a clean text.
func (s *process) run(text string) model.Config {
	r := s.readAgain(text)
	s.take(r)
	s.rest.Later() // the start ran through code, and read a text, that are not needed again
	return r.cfg
}

func (s *process) note(kind journal.Kind, facts map[string]string) {
	s.journal.Note(journal.Entry{Kind: kind, Facts: facts})
}
