package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/facts"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/realtime"
)

// applyPatience bounds one apply: a table of 100,000 destinations takes seconds.
const applyPatience = time.Minute

// maxWindow bounds the wait for a confirmation.
const maxWindow = 24 * time.Hour

// Status is where the role stands.
func (s *process) Status(ctx context.Context) (control.Status, error) {
	s.mu.Lock()
	st := control.Status{
		Role: s.role.Name(), Node: s.opt.Node, PID: os.Getpid(), Version: s.opt.Version, Since: s.since,
		At: time.Now(), Hash: s.now.hash, Seq: s.journal.Ring.Last(), Held: []control.Blocked{},
	}
	if s.pending != nil {
		p := s.pending.Pending
		st.Pending = &p
	}
	s.mu.Unlock()
	err := s.role.Status(ctx, &st)
	st.Held = append(st.Held, s.condition()...)
	st.Programs = s.programs()
	return st, err
}

// Adverts gives the routers that the role hears.
func (s *process) Adverts(ctx context.Context) (control.Adverts, error) {
	if hears, ok := s.role.(Hearer); ok {
		return hears.Adverts(ctx)
	}
	return control.Adverts{}, &control.Problem{Code: control.NotFound, Message: "the role " + s.role.Name() + " hears no adverts"}
}

// Config is the running text and its hash.
func (s *process) Config() (text, hash string) {
	r := s.running()
	return r.text, r.hash
}

// Journal follows the journal.
func (s *process) Journal(ctx context.Context, after uint64, send func(journal.Entry) error) error {
	return s.journal.Follow(ctx, after, send)
}

// Plan tells what applying text would do now.
func (s *process) Plan(ctx context.Context, text string) (control.Planned, error) {
	defer s.giveBack(text)
	cfg, err := s.readFit(ctx, text)
	if err != nil {
		return control.Planned{}, err
	}
	p, err := s.role.Plan(ctx, cfg)
	return finish(p, model.HashText(text)), err
}

// Apply makes a text the running one, and asks for a confirmation if the
// request does. What a restart needs to go back is on disk before anything
// changes; where the text itself cannot be kept, it does not stay in force.
func (s *process) Apply(ctx context.Context, req control.ApplyRequest) (control.Planned, error) {
	if err := s.takeTurn(ctx); err != nil {
		return control.Planned{}, err
	}
	defer func() { <-s.changing }()
	defer s.giveBack(req.Text)
	hash := model.HashText(req.Text)
	cfg, err := s.admit(ctx, req)
	if err != nil {
		s.refused(hash, err)
		return control.Planned{}, err
	}
	before := s.running()
	waits := waitsFor(req, hash, before.hash)
	older, err := s.applied.Prepare(before.text, req.Text, waits)
	if err != nil {
		s.unprepare(before.text, older)
		s.refused(hash, err)
		return control.Planned{}, err
	}
	p, err := s.change(ctx, newRunning(req.Text, cfg))
	if err == nil {
		err = s.keep(req, waits)
	}
	if err != nil {
		if !errors.Is(err, ErrEnded) { // then no role is left to go back
			s.goBack(before)
		}
		s.unprepare(before.text, older)
		s.refused(hash, err)
		return p, err
	}
	s.note(journal.Applied, map[string]string{journal.FactHash: p.Hash, journal.FactPrevious: before.hash, journal.FactOperations: strconv.Itoa(len(p.Operations))})
	s.leaveCondition()
	if control.Trusted(ctx) {
		s.vouch()
	}
	if waits != nil {
		p.Until = waits.Until
		s.await(*waits, &before.text)
	}
	return p, nil
}

// takeTurn waits a little for a change under way to end.
func (s *process) takeTurn(ctx context.Context) error {
	patience := time.NewTimer(control.TurnPatience)
	defer patience.Stop()
	select {
	case s.changing <- struct{}{}:
		return nil
	case <-patience.C:
		return &control.Problem{Code: control.Busy, Message: "another change is under way"}
	case <-ctx.Done():
		return ctx.Err()
	}
}

// waitsFor is the confirmation that req asks for; nil if it asks for none, or
// changes nothing.
func waitsFor(req control.ApplyRequest, hash, running string) *control.Pending {
	if req.Confirm <= 0 || hash == running {
		return nil
	}
	w := &control.Pending{Hash: hash, Previous: running, Window: req.Confirm}
	w.Until = time.Now().Add(window(*w))
	return w
}

// window is how long p waits at most.
func window(p control.Pending) time.Duration {
	return time.Duration(min(p.Window, maxWindow.Seconds()) * float64(time.Second))
}

// keep makes the text that runs now the one that the role boots from. The time
// to confirm it begins only now.
func (s *process) keep(req control.ApplyRequest, waits *control.Pending) error {
	if waits != nil {
		waits.Until = time.Now().Add(window(*waits))
		if err := s.applied.SavePending(*waits); err != nil {
			return err
		}
	}
	return s.applied.Keep(req.Text)
}

// goBack has the role run again what it ran before a change that failed
// halfway.
func (s *process) goBack(before running) {
	if _, err := s.change(s.ctx, s.readAgain(before.text)); err != nil {
		s.take(before)
		s.note(journal.KernelError, map[string]string{journal.FactOperation: "apply " + before.hash, journal.FactReason: err.Error()})
	}
}

// unprepare makes the state directory what it was before a change: text runs,
// and older was before it. Where that fails, what is on disk still leads back to
// text.
func (s *process) unprepare(text string, older []byte) {
	if err := s.applied.Back(text, older); err != nil {
		s.log.Error("keeping the previous text", "err", err)
	}
}

func (s *process) refused(hash string, err error) {
	s.note(journal.Refused, map[string]string{journal.FactHash: hash, journal.FactReason: err.Error()})
}

// admit says whether req may be applied now.
func (s *process) admit(ctx context.Context, req control.ApplyRequest) (model.Config, error) {
	if running := s.running().hash; req.IfMatch != "" && req.IfMatch != running {
		return model.Config{}, &control.Problem{Code: control.Conflict, Message: "another text runs than was expected",
			Args: map[string]string{"running": running}}
	}
	s.mu.Lock()
	waiting := s.pending
	s.mu.Unlock()
	if waiting != nil {
		return model.Config{}, &control.Problem{Code: control.Busy, Message: "the running text waits for its confirmation",
			Args: map[string]string{"pending": waiting.Hash}}
	}
	return s.readFit(ctx, req.Text)
}

// change has the role run next. It does not stop halfway because the caller left.
func (s *process) change(ctx context.Context, next running) (control.Planned, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), applyPatience)
	defer cancel()
	// Set the running text first: a journal entry caused by cfg must not be seen
	// while the old text is still reported.
	before := s.take(next)
	p, err := s.role.Apply(ctx, next.cfg)
	p = finish(p, next.hash)
	if err != nil {
		s.take(before)
	}
	return p, err
}

// take makes r the running text in the process's own record of it, and gives back what it
// was before.
func (s *process) take(r running) (before running) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, s.now = s.now, r
	return before
}

// finish fills in what every plan carries.
func finish(p control.Planned, hash string) control.Planned {
	p.Hash = hash
	if p.Lines == nil {
		p.Lines = p.Operations.Lines()
	}
	return p
}

// read gives a text its meaning on this host.
func (s *process) read(text string, before model.Accepted) (model.Config, []model.Finding, error) {
	cfg, _, findings := s.parse(text, before, nil)
	cfg, err := s.role.Fit(cfg)
	return model.ResolveOwn(cfg), findings, err
}

// readAgain is read for a text that was accepted before: what is wrong with it does not
// count any more, but the next text is read whole then.
func (s *process) readAgain(text string) running {
	cfg, findings, _ := s.read(text, model.Accepted{Text: text})
	r := newRunning(text, cfg)
	if model.Failed(findings) {
		r.accepted = model.Accepted{}
	}
	return r
}

// parse reads a text as it is written; found is told of the commands in it, and others
// are those of what the role does not keep.
func (s *process) parse(text string, before model.Accepted, found func(model.Command, model.Range)) (cfg model.Config, others []model.Command, findings []model.Finding) {
	host := facts.Host(s.opt.Node)
	host.Command = found
	return s.role.Read(s.role.Name()+".conf", text, before, host)
}

// roomy is from which length on a text leaves memory that is worth giving back at once.
const roomy = 1 << 20

// giveBack returns what the meaning of a large text took: up to some hundred times its
// bytes, which a role with locked memory would keep for good.
func (s *process) giveBack(text string) {
	if len(text) <= roomy {
		return
	}
	s.rest.Later()
	realtime.Aside(func() {
		if err := realtime.GiveBack(); err != nil {
			s.log.Warn("memory not given back", "reason", err)
		}
	})
}

// readFit is read for a text that is to be applied: errors refuse it.
func (s *process) readFit(ctx context.Context, text string) (model.Config, error) {
	if len(text) > control.MaxText {
		return model.Config{}, &control.Problem{Code: control.Invalid, Message: "the text is too long",
			Args: map[string]string{"code": "text-too-long", "limit": strconv.Itoa(control.MaxText)}}
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	var cfg model.Config
	var findings []model.Finding
	var err error
	before := s.running().accepted
	realtime.Aside(func() { cfg, findings, err = s.read(text, before) })
	if err != nil {
		return cfg, err
	}
	for _, f := range findings {
		if f.Severity == model.Error {
			return cfg, refusal(f)
		}
	}
	if !control.Trusted(ctx) {
		err = s.mayRun(text)
	}
	return cfg, err
}

// refusal is the answer to a text with an error in it. What there is too much of is
// told with how much there is and how much there may be.
func refusal(f model.Finding) *control.Problem {
	p := &control.Problem{
		Code: control.Invalid, Message: fmt.Sprintf("line %d: %s", f.Range.Line, f.Code),
		Args: map[string]string{"line": strconv.Itoa(f.Range.Line), "code": f.Code},
	}
	if count, limit := f.Args["Count"], f.Args["Most"]; count != "" && limit != "" {
		p.Message += fmt.Sprintf(" (%s are more than %s)", count, limit)
		p.Args["count"], p.Args["limit"] = count, limit
	}
	return p
}
