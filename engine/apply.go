package engine

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
)

// applyPatience bounds one apply: a table of 100,000 destinations takes seconds.
const applyPatience = time.Minute

// Status is where the role stands.
func (s *shell) Status(ctx context.Context) (control.Status, error) {
	s.mu.Lock()
	st := control.Status{
		Role: s.role.Name(), Node: s.opt.Node, PID: os.Getpid(), Version: s.opt.Version, Since: s.since,
		At: time.Now(), Hash: s.now.hash, Seq: s.book.ring.Last(), Held: []control.Held{},
	}
	if s.pending != nil {
		p := s.pending.Pending
		st.Pending = &p
	}
	s.mu.Unlock()
	return st, s.role.Status(ctx, &st)
}

// Config is the running text and its hash.
func (s *shell) Config() (text, hash string) {
	r := s.running()
	return r.text, r.hash
}

// Journal follows the journal.
func (s *shell) Journal(ctx context.Context, after uint64, send func(journal.Entry) error) error {
	return s.book.follow(ctx, after, send)
}

// Plan tells what applying text would do now.
func (s *shell) Plan(ctx context.Context, text string) (control.Planned, error) {
	cfg, err := s.readFit(text)
	if err != nil {
		return control.Planned{}, err
	}
	p, err := s.role.Plan(ctx, cfg)
	return finish(p, text), err
}

// Apply makes a text the running one, and asks for a confirmation if the
// request does.
func (s *shell) Apply(ctx context.Context, req control.ApplyRequest) (control.Planned, error) {
	select {
	case s.changing <- struct{}{}:
		defer func() { <-s.changing }()
	default:
		return control.Planned{}, &control.Problem{Code: control.Busy, Message: "another change is under way"}
	}
	cfg, err := s.admit(req)
	if err != nil {
		s.note(journal.Refused, map[string]string{"hash": model.Hash([]byte(req.Text)), "reason": err.Error()})
		return control.Planned{}, err
	}
	previous := s.running().hash
	p, err := s.change(ctx, req.Text, cfg)
	if err != nil {
		s.note(journal.Refused, map[string]string{"hash": model.Hash([]byte(req.Text)), "reason": err.Error()})
		return p, err
	}
	s.note(journal.Applied, map[string]string{"hash": p.Hash, "previous": previous, "operations": strconv.Itoa(len(p.Operations))})
	if req.Confirm > 0 && p.Hash != previous {
		p.Until = time.Now().Add(time.Duration(req.Confirm * float64(time.Second)))
		waits := control.Pending{Hash: p.Hash, Previous: previous, Until: p.Until}
		if err := s.applied.savePending(waits); err != nil {
			return p, err
		}
		s.await(waits)
	}
	return p, s.applied.save(req.Text)
}

// admit says whether req may be applied now.
func (s *shell) admit(req control.ApplyRequest) (model.Config, error) {
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
	return s.readFit(req.Text)
}

// change has the role run cfg. It does not stop halfway because the caller left.
func (s *shell) change(ctx context.Context, text string, cfg model.Config) (control.Planned, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), applyPatience)
	defer cancel()
	// Whoever reads of a transition that cfg brings about finds cfg running.
	before := s.take(newRunning(text, cfg))
	p, err := s.role.Apply(ctx, cfg)
	p = finish(p, text)
	if err != nil {
		s.take(before)
	}
	return p, err
}

// take makes r the running text in the shell's own books, and gives back what it
// was before.
func (s *shell) take(r running) (before running) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, s.now = s.now, r
	return before
}

// finish fills in what every plan carries.
func finish(p control.Planned, text string) control.Planned {
	p.Hash = model.Hash([]byte(text))
	if p.Lines == nil {
		p.Lines = p.Operations.Lines()
	}
	return p
}

// read gives a text its meaning on this host.
func (s *shell) read(text string) (model.Config, []model.Finding) {
	cfg, findings := model.Parse(s.role.Name()+".conf", []byte(text), HostFacts(s.opt.Node))
	if s.role.Name() == "vrrp" {
		cfg.Virtuals = nil // not to keep what only the other role needs
	}
	return model.Resolve(cfg), findings
}

// readFit is read for a text that is to be applied: errors refuse it.
func (s *shell) readFit(text string) (model.Config, error) {
	cfg, findings := s.read(text)
	for _, f := range findings {
		if f.Severity == model.Error {
			return cfg, &control.Problem{
				Code: control.Invalid, Message: fmt.Sprintf("line %d: %s", f.Range.Line, f.Code),
				Args: map[string]string{"line": strconv.Itoa(f.Range.Line), "code": f.Code},
			}
		}
	}
	return cfg, nil
}

// HostFacts is what a text is held against on this host.
func HostFacts(node string) model.Facts {
	facts := model.Facts{Node: node}
	if links, err := net.Interfaces(); err == nil {
		facts.Known = true
		for _, l := range links {
			facts.Interfaces = append(facts.Interfaces, l.Name)
		}
	}
	_, err := exec.LookPath("bash")
	facts.Bash = err == nil
	return facts
}
