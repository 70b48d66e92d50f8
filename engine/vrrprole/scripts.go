package vrrprole

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/script"
	"holdfast/engine/vrrp"
)

// scripts are the vrrp_scripts that some instance tracks; others are not run.
type scripts struct {
	work    context.Context // ends the runs
	runners *sync.WaitGroup
	run     script.Runner
	tell    func(input)
	global  model.Global
	order   []string
	byName  map[string]*trackScript
}

// scriptRan is one run of a track script.
type scriptRan struct {
	script *trackScript
	result script.Result
	at     time.Time
}

// trackScript is a vrrp_script that is run.
type trackScript struct {
	cfg     model.Script
	job     script.Job // what is run of it
	rule    vrrp.Rule
	verdict vrrp.Verdict
	since   time.Time   // of the verdict
	detail  string      // what the last run said
	overran bool        // a run took longer than the interval, as told
	absent  string      // why it cannot be run at all
	code    string      // of what keeps it from running
	short   bool        // this machine is short of something, which says nothing about the script
	running atomic.Bool // a run is under way; set by the runner
	slot    int
	cancel  context.CancelFunc
}

func newTrackScript(cfg model.Script, job script.Job, now time.Time) *trackScript {
	s := &trackScript{cfg: cfg, job: job, since: now, slot: -1,
		rule: vrrp.Rule{Rise: cfg.Rise.Val, Fall: cfg.Fall.Val, InitFail: cfg.InitFail}}
	s.verdict = s.rule.Start()
	return s
}

// answer is the verdict as tracks see it. A program that does not exist is no
// reason to leave: keepalived takes such a script out. One that exists and cannot be
// executed is good: keepalived's child exits with 0.
func (s *trackScript) answer() vrrp.Answer {
	switch {
	case s.absent == "" || s.short && s.verdict.Known:
		return s.rule.Answer(s.verdict)
	case slices.Contains(unexecutable, s.code):
		return vrrp.Good
	}
	return vrrp.Absent
}

// unexecutable are the codes of what keepalived finds only when it executes a script.
var unexecutable = []string{code.ScriptCarriageReturn, code.ScriptInterpreter, code.ScriptFormat}

// state is the verdict in words of the status; a script that cannot be run has none.
func (s *trackScript) state() string {
	if s.absent != "" && !s.short {
		return "UNKNOWN"
	}
	switch s.rule.Answer(s.verdict) {
	case vrrp.Good:
		return "OK"
	case vrrp.Bad:
		return "FAILED"
	}
	return "UNKNOWN"
}

func (s *trackScript) held() control.Blocked {
	return control.Blocked{Object: s.cfg.Name, Code: s.code,
		Args: map[string]string{"command": s.cfg.Command.Line, "reason": s.absent}}
}

// missing is the code for what keeps a command from running: the shell that the
// line needs, the interpreter of the script, or the program itself.
func missing(c model.Command, err error) string {
	switch {
	case c.Shell && (errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist)):
		return code.BashMissing
	case errors.Is(err, script.ErrCarriageReturn):
		return code.ScriptCarriageReturn
	case errors.Is(err, script.ErrInterpreter):
		return code.ScriptInterpreter
	case errors.Is(err, script.ErrFormat):
		return code.ScriptFormat
	case script.Shortage(err):
		return code.ScriptShortage
	}
	return code.ScriptMissing
}

// change makes the scripts of a configuration that are tracked the ones that run.
// One that is the same runs on; one that changed keeps its verdict; one that is new
// begins with the verdict that an earlier run saved under its name.
func (s *scripts) change(cfg model.Config, tracked map[string]bool, saved map[[16]byte]vrrp.Verdict) {
	now, old := time.Now(), s.byName
	s.global, s.order, s.byName = cfg.Global, nil, map[string]*trackScript{}
	for _, c := range cfg.Scripts {
		if !tracked[c.Name] || s.byName[c.Name] != nil {
			continue
		}
		was := old[c.Name]
		delete(old, c.Name)
		s.order = append(s.order, c.Name)
		next := s.succeed(was, c, now)
		s.byName[c.Name] = next
		if next == was {
			continue
		}
		if was != nil {
			was.cancel()
		} else if v, ok := saved[slotName(c.Name)]; ok && v.Known && v.Count < next.rule.Rise+next.rule.Fall {
			next.verdict = v
		}
		s.start(next)
	}
	for _, gone := range old {
		gone.cancel()
	}
}

// succeed gives the script that follows one, nil for none: the same, where it is
// already what the configuration says.
func (s *scripts) succeed(was *trackScript, cfg model.Script, now time.Time) *trackScript {
	job := trackJob(s.global, cfg)
	if was != nil && was.runsAs(cfg, job) {
		return was
	}
	next := newTrackScript(cfg, job, now)
	if was != nil {
		next.since, next.detail = was.since, was.detail
		next.verdict = next.rule.Carry(was.verdict, was.rule)
	}
	return next
}

// start has a script run. What comes of it comes through the inbox, when the verdict
// that it begins with is set.
func (s *scripts) start(one *trackScript) {
	ctx, cancel := context.WithCancel(s.work)
	one.cancel = cancel
	run := func(ctx context.Context) script.Result {
		one.running.Store(true)
		defer one.running.Store(false)
		return s.run(ctx, one.job)
	}
	s.runners.Go(func() {
		runEvery(ctx, run, scriptInterval(one.cfg), func(r script.Result) { s.tell(scriptRan{one, r, time.Now()}) })
	})
}

// runsAs says whether a script that runs is already what cfg says, of which job is made:
// script_user and enable_script_security stand elsewhere in the configuration and count too.
func (s *trackScript) runsAs(cfg model.Script, job script.Job) bool {
	return reflect.DeepEqual(s.job, job) && s.cfg.Interval.Val == cfg.Interval.Val &&
		s.cfg.Rise.Val == cfg.Rise.Val && s.cfg.Fall.Val == cfg.Fall.Val
}

func scriptInterval(cfg model.Script) time.Duration {
	return max(cfg.Interval.Val.Duration(), time.Millisecond)
}

// trackJob is one run of a script. Its time is over when the next one is due,
// unless it has one of its own.
func trackJob(global model.Global, cfg model.Script) script.Job {
	limit := cfg.Timeout.Val.Duration()
	if limit <= 0 {
		limit = scriptInterval(cfg)
	}
	return jobOf(global, cfg.Command, limit)
}

// jobOf is a command as package script wants it, under the user that the whole
// configuration says.
func jobOf(global model.Global, c model.Command, limit time.Duration, args ...string) script.Job {
	user := c.User.Val
	if user.Name == "" {
		user = global.ScriptUser.Val
	}
	return script.Job{
		Argv: c.Argv, Args: args, User: user.Name, Group: user.Group,
		Timeout: limit, Secure: global.ScriptSecurity,
	}
}

// answersUnder are what tracks would see of the scripts right after a change to a
// configuration, in which these are tracked.
func (s *scripts) answersUnder(cfg model.Config, tracked map[string]bool, now time.Time) map[string]vrrp.Answer {
	next, answers := scripts{global: cfg.Global}, map[string]vrrp.Answer{}
	for _, c := range cfg.Scripts {
		if _, twice := answers[c.Name]; tracked[c.Name] && !twice {
			answers[c.Name] = next.succeed(s.byName[c.Name], c, now).answer()
		}
	}
	return answers
}

// clone shares nothing that changes, and runs nothing.
func (s *scripts) clone() *scripts {
	byName := make(map[string]*trackScript, len(s.byName))
	for name, one := range s.byName {
		byName[name] = &trackScript{cfg: one.cfg, job: one.job, rule: one.rule, verdict: one.verdict, since: one.since, absent: one.absent, short: one.short}
	}
	return &scripts{global: s.global, byName: byName}
}

// list is the scripts as the configuration lists them.
func (s *scripts) list() []*trackScript {
	list := make([]*trackScript, len(s.order))
	for i, name := range s.order {
		list[i] = s.byName[name]
	}
	return list
}

// answer is what tracks of a script see.
func (s *scripts) answer(name string) vrrp.Answer {
	if one := s.byName[name]; one != nil {
		return one.answer()
	}
	return vrrp.Absent
}

// unrun says whether a script cannot be run, so that what tracks see of it is not
// its own answer: some of these count as good, as in keepalived.
func (s *scripts) unrun(name string) bool {
	one := s.byName[name]
	return one != nil && one.state() == "UNKNOWN"
}

// held lists the scripts that cannot be run.
func (s *scripts) held() (held []control.Blocked) {
	for _, one := range s.list() {
		if one.absent != "" {
			held = append(held, one.held())
		}
	}
	return held
}

func (s *scripts) stop() {
	for _, one := range s.byName {
		one.cancel()
	}
}

// observe takes note of a run. It gives what the journal is told of it, and whether
// tracks see another answer; a script that was replaced meanwhile is not known.
func (s *scripts) observe(v scriptRan) (news []journal.Entry, changed, known bool) {
	one := v.script
	if s.byName[one.cfg.Name] != one {
		return nil, false, false
	}
	before, state := one.answer(), one.state()
	wasAbsent, wasCode := one.absent, one.code
	one.detail, one.absent, one.code, one.short = v.result.String(), "", "", false
	if err := v.result.Err; err != nil { // no run, no verdict
		one.absent, one.code, one.short = err.Error(), missing(one.cfg.Command, err), script.Shortage(err)
	} else {
		one.verdict = one.rule.Observe(one.verdict, v.result.OK())
	}
	news = append(one.tellAbsence(wasAbsent, wasCode), one.tellOverrun(v.result.Took)...)
	if one.answer() == before {
		return news, false, true
	}
	one.since = v.at
	if now := one.state(); now != state {
		news = append(news, journal.Entry{At: v.at, Kind: journal.ScriptState, Object: one.cfg.Name,
			Facts: map[string]string{journal.FactFrom: state, journal.FactTo: now, journal.FactReason: one.detail}})
	}
	return news, true, true
}

// tellAbsence tells when a program is not there, and when it is back.
func (s *trackScript) tellAbsence(was, code string) []journal.Entry {
	facts := map[string]string{journal.FactObject: s.cfg.Name, journal.FactCode: s.code, journal.FactCommand: s.cfg.Command.Line}
	switch {
	case was == "" && s.absent != "":
		facts[journal.FactReason] = s.absent
		return []journal.Entry{{Kind: journal.Held, Object: s.cfg.Name, Facts: facts}}
	case was != "" && s.absent == "":
		facts[journal.FactCode] = code
		return []journal.Entry{{Kind: journal.Unheld, Object: s.cfg.Name, Facts: facts}}
	}
	return nil
}

// tellOverrun tells once of a script whose runs are still going on when the next
// one is due.
func (s *trackScript) tellOverrun(took time.Duration) []journal.Entry {
	every := scriptInterval(s.cfg)
	if s.overran || took <= every {
		return nil
	}
	s.overran = true
	return []journal.Entry{{Kind: journal.Notice, Object: s.cfg.Name, Facts: map[string]string{
		journal.FactCode: code.ScriptOverran, journal.FactInterval: every.String(), journal.FactTook: took.Round(time.Millisecond).String()}}}
}

// runEvery runs a script at once and then with the interval from start to start,
// until ctx ends. A start for which the last run is not over is left out.
func runEvery(ctx context.Context, run func(context.Context) script.Result, interval time.Duration, tell func(script.Result)) {
	next := time.Now()
	for {
		r := run(ctx)
		if ctx.Err() != nil {
			return
		}
		tell(r)
		for next = next.Add(interval); next.Before(time.Now()); next = next.Add(interval) {
		}
		pause := time.NewTimer(time.Until(next))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return
		}
	}
}
