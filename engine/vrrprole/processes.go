package vrrprole

import (
	"context"
	"log/slog"
	"math"
	"strings"
	"sync"
	"time"

	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

// processes are the vrrp_track_processes that some instance tracks: how many of each
// run on this host.
type processes struct {
	work   context.Context // ends the watching
	group  *sync.WaitGroup
	tell   func(input)
	log    *slog.Logger
	count  func(ctx context.Context, wanted []processMatch, counted func([]int))
	stop   context.CancelFunc
	order  []string
	byName map[string]*trackedProcess
}

// trackedProcess is one kind of process.
type trackedProcess struct {
	cfg    model.TrackProcess
	known  bool // it was counted
	number int
	up     bool
	due    time.Time // when a change counts: fork_delay, terminate_delay; zero: none waits
}

// processesCounted is how many of each run.
type processesCounted struct {
	of      context.Context
	numbers []int
	at      time.Time
}

// processMatch says which processes count: by their name, or by their command line.
type processMatch struct {
	words   []string // name and parameters
	line    bool     // the command line is compared
	params  bool     // parameters are compared, too
	initial bool     // they may be more, and the last one longer
	partial bool     // they may be more
}

// matchOf is what a vrrp_track_process counts. As in keepalived parameters, and how they
// are compared, make it the command line.
func matchOf(cfg model.TrackProcess) processMatch {
	m := processMatch{words: cfg.Process.Words(), initial: cfg.ParamMatch.Val == "initial", partial: cfg.ParamMatch.Val == "partial"}
	m.params = len(m.words) > 1 || m.initial || m.partial
	m.line = m.params || cfg.FullCommand
	if !m.line && len(m.words[0]) > maxComm {
		m.words = []string{m.words[0][:maxComm]}
	}
	return m
}

// maxComm is how much of its name the kernel keeps of a process.
const maxComm = 15

// fits says whether a process with this name and command line counts. Words in the line
// are ended by zeros.
func (m processMatch) fits(comm string, line func() string) bool {
	if !m.line {
		return comm == m.words[0]
	}
	name, params, _ := strings.Cut(line(), "\x00")
	if name != m.words[0] || !m.params {
		return name == m.words[0]
	}
	want := strings.Join(m.words[1:], "\x00")
	switch {
	case m.initial:
		return strings.HasPrefix(params, want)
	case m.partial:
		return want == "" || strings.HasPrefix(params, want+"\x00")
	}
	return strings.TrimSuffix(params, "\x00") == want
}

// enough says whether a number of processes is what a text wants.
func enough(cfg model.TrackProcess, number int) bool {
	most := math.MaxInt
	if cfg.QuorumMax.Written {
		most = cfg.QuorumMax.Val
	}
	return number >= cfg.Quorum.Val && number <= most
}

// change makes the processes of a configuration that are tracked the ones that are
// counted. What was counted of the same ones is known.
func (p *processes) change(cfg model.Config, tracked map[string]bool) {
	if p.stop != nil {
		p.stop()
	}
	old := p.byName
	p.order, p.byName, p.stop = nil, map[string]*trackedProcess{}, nil
	for _, c := range cfg.Processes {
		if tracked[c.Name] && p.byName[c.Name] == nil {
			p.order = append(p.order, c.Name)
			p.byName[c.Name] = succeedProcess(old[c.Name], c)
		}
	}
	if len(p.order) == 0 {
		return
	}
	ctx, cancel := context.WithCancel(p.work)
	p.stop = cancel
	wanted := make([]processMatch, len(p.order))
	for i, name := range p.order {
		wanted[i] = matchOf(p.byName[name].cfg)
	}
	p.group.Go(func() {
		p.count(ctx, wanted, func(numbers []int) { p.tell(processesCounted{ctx, numbers, time.Now()}) })
	})
}

// succeedProcess is what follows one that was counted, nil for none.
func succeedProcess(was *trackedProcess, cfg model.TrackProcess) *trackedProcess {
	next := &trackedProcess{cfg: cfg}
	if was != nil && was.cfg.Process == cfg.Process && was.cfg.ParamMatch == cfg.ParamMatch && was.cfg.FullCommand == cfg.FullCommand {
		next.known, next.number, next.up, next.due = was.known, was.number, was.up, was.due
		if next.due.IsZero() {
			next.up = enough(cfg, was.number)
		}
	}
	return next
}

// answer is what tracks of a process see.
func (p *processes) answer(name string) vrrp.Answer { return p.byName[name].answer() }

func (t *trackedProcess) answer() vrrp.Answer {
	switch {
	case t == nil:
		return vrrp.Absent
	case !t.known:
		return vrrp.Unknown
	case t.up:
		return vrrp.Good
	}
	return vrrp.Bad
}

// answersUnder are what tracks would see right after a change to a configuration.
func (p *processes) answersUnder(cfg model.Config) map[string]vrrp.Answer {
	answers := map[string]vrrp.Answer{}
	for _, c := range cfg.Processes {
		if _, twice := answers[c.Name]; !twice {
			answers[c.Name] = succeedProcess(p.byName[c.Name], c).answer()
		}
	}
	return answers
}

// clone shares nothing that changes, and counts nothing.
func (p *processes) clone() *processes {
	byName := make(map[string]*trackedProcess, len(p.byName))
	for name, one := range p.byName {
		copied := *one
		byName[name] = &copied
	}
	return &processes{byName: byName}
}

// observe takes note of a number; it says whether tracks see another answer now.
func (t *trackedProcess) observe(number int, at time.Time) bool {
	before := t.answer()
	more := number > t.number
	first := !t.known
	t.known, t.number = true, number
	delay := t.cfg.TerminateDelay.Val.Duration()
	if more {
		delay = t.cfg.ForkDelay.Val.Duration()
	}
	switch up := enough(t.cfg, number); {
	case up == t.up && !first:
		t.due = time.Time{}
	case first || delay == 0:
		t.up, t.due = up, time.Time{}
	case t.due.IsZero():
		t.due = at.Add(delay)
	}
	return t.answer() != before
}

// next is when a change counts that waits; zero if none does.
func (p *processes) next() (next time.Time) {
	for _, one := range p.byName {
		if !one.due.IsZero() && (next.IsZero() || one.due.Before(next)) {
			next = one.due
		}
	}
	return next
}

// tick lets the changes count that waited long enough; it says whether there were any.
func (p *processes) tick(now time.Time) (changed bool) {
	for _, one := range p.byName {
		if !one.due.IsZero() && !now.Before(one.due) {
			one.up, one.due = enough(one.cfg, one.number), time.Time{}
			changed = true
		}
	}
	return changed
}

func (v processesCounted) reach(l *loop) {
	if v.of.Err() != nil {
		return // counted for another configuration
	}
	for i, name := range l.processes.order {
		one := l.processes.byName[name]
		if one.observe(v.numbers[i], v.at) {
			l.log.Info("a tracked process", "process", name, "number", v.numbers[i], "enough", one.up)
			l.changed = v.at
		}
	}
}
