package engine

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"holdfast/engine/atomicfile"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/script"
)

// Role is one half of the engine: the vrrp role or the lvs role. The process
// around it (Serve) owns what both halves share: the lock, the applied text, the
// journal, the control socket, the confirmation timer and the watch on the
// parent. All methods but Run may be called from any goroutine while Run runs;
// each hands a message to the role's loop and waits for the answer.
type Role interface {
	// Name is "vrrp" or "lvs".
	Name() string
	// Run owns the role until Stop or until ctx ends (which is a handoff). It
	// prepares all it can, calls host.TakeOver, and only then writes to the
	// wire or the kernel: it resumes where it finds a fresh record of an
	// earlier run, and starts anew where it does not.
	Run(ctx context.Context, cfg model.Config, host Services) error
	// Read gives a text its meaning as far as the role keeps it. others are the
	// commands of what it does not keep. What stands in the text accepted before as well
	// need not be read again; before may be its zero value.
	Read(name, text string, before model.Accepted, facts model.Facts) (cfg model.Config, others []model.Command, findings []model.Finding)
	// Fit gives the part of cfg that the role acts on; the error is a
	// *control.Problem where cfg asks for more than the role can carry.
	Fit(cfg model.Config) (model.Config, error)
	// Plan tells what applying cfg would do now. It changes nothing.
	Plan(ctx context.Context, cfg model.Config) (control.Planned, error)
	// Apply makes cfg the running configuration and returns when the kernel
	// was written and read back.
	Apply(ctx context.Context, cfg model.Config) (control.Planned, error)
	// Status fills in the role's part of the status.
	Status(ctx context.Context, s *control.Status) error
	// Alive returns when the loop has come round to it: a loop that hangs gives no
	// answer. due is when the first peer takes over if the role falls silent now; zero: it
	// holds nothing that peers wait for.
	Alive(ctx context.Context) (due time.Time, err error)
	// Stop ends Run: Release sends what a graceful stop sends and removes what
	// is ours; Handoff writes the record and leaves all as it is.
	Stop(ctx context.Context, mode control.StopMode) error
}

// Hearer is a role that hears the routers of others.
type Hearer interface {
	Adverts(ctx context.Context) (control.Adverts, error)
}

// Services is what the process gives to a role.
type Services struct {
	Node     string
	RunDir   string          // tmpfs: records, manifest
	StateDir string          // on disk: what outlives a reboot
	Disk     atomicfile.Disk // under StateDir; nil: the real one
	Log      *slog.Logger
	Journal  func(journal.Entry) // stamps Seq, Node and Role; never blocks
	// TakeOver blocks until this process holds the role's lock: an older
	// process of the same role is asked to hand off, and is gone when
	// TakeOver returns. A role calls it when it is otherwise ready, before its
	// first write to wire or kernel, and reads its record afterwards.
	TakeOver func(ctx context.Context) error
	// Settled tells that the kernel has all that the configuration asks for, or
	// that something holds it back. The lvs role calls it when that is so first;
	// what the vrrp role holds is up to the election.
	Settled func()
	// Run runs the operator's programs; nil: they are run here.
	Run script.Runner
}

// Modprobe has the kernel load IPVS, and tells what was said to it.
func (s Services) Modprobe() (said string, err error) {
	r := s.Runner()(context.Background(), script.Job{Argv: kernel.Module, User: "root", Timeout: time.Minute, Output: 1 << 10})
	if !r.OK() {
		err = errors.New(r.String())
	}
	return r.Said, err
}

// Runner is Run, or what runs programs in this process.
func (s Services) Runner() script.Runner {
	if s.Run != nil {
		return s.Run
	}
	return script.Run
}
