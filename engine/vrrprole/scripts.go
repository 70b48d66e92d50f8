package vrrprole

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"reflect"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/script"
	"holdfast/engine/vrrp"
)

// trackScript is a vrrp_script that some instance tracks.
type trackScript struct {
	cfg     model.Script
	job     script.Job // what is run of it
	rule    vrrp.Rule
	verdict vrrp.Verdict
	since   time.Time // of the verdict
	detail  string    // what the last run said
	overran bool      // a run took longer than the interval, as told
	absent  string    // why it cannot be run at all
	code    string    // of what keeps it from running
	short   bool      // this machine is short of something, which says nothing about the script
	slot    int
	cancel  context.CancelFunc
}

func newTrackScript(cfg model.Script, now time.Time) *trackScript {
	s := &trackScript{cfg: cfg, since: now, slot: -1,
		rule: vrrp.Rule{Rise: cfg.Rise.Val, Fall: cfg.Fall.Val, InitFail: cfg.InitFail}}
	s.verdict = s.rule.Start()
	return s
}

// answer is the verdict as tracks see it. A program that does not exist is no
// reason to leave: keepalived takes such a script out.
func (s *trackScript) answer() vrrp.Answer {
	if s.absent != "" && !(s.short && s.verdict.Known) {
		return vrrp.Absent
	}
	return s.rule.Answer(s.verdict)
}

// state is the verdict in words of the status.
func (s *trackScript) state() string {
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
		return "bash-missing"
	case errors.Is(err, script.ErrCarriageReturn):
		return "script-carriage-return"
	case errors.Is(err, script.ErrInterpreter):
		return "script-interpreter"
	case script.Shortage(err):
		return "script-shortage"
	}
	return "script-missing"
}

// scriptsInOrder is the scripts as the configuration lists them.
func (l *loop) scriptsInOrder() []*trackScript {
	var list []*trackScript
	for _, cfg := range l.cfg.Scripts {
		if s := l.scripts[cfg.Name]; s != nil {
			list = append(list, s)
		}
	}
	return list
}

// tracked says which scripts any instance depends on; others are not run.
func (l *loop) tracked() map[string]bool {
	names := map[string]bool{}
	for _, t := range l.teams {
		for _, r := range t.routers {
			for _, track := range r.core.Tracks {
				if track.Kind == vrrp.ByScript {
					names[track.Name] = true
				}
			}
		}
	}
	return names
}

// startScripts begins to run the tracked scripts, with the verdicts of an
// earlier run.
func (l *loop) startScripts(m savedStates) {
	now := time.Now()
	names := l.tracked()
	for _, cfg := range l.cfg.Scripts {
		if !names[cfg.Name] || l.scripts[cfg.Name] != nil {
			continue
		}
		s := newTrackScript(cfg, now)
		if v, ok := m.scripts[scriptSlotName(cfg.Name)]; ok && v.Known && v.Count < s.rule.Rise+s.rule.Fall {
			s.verdict = v
		}
		l.scripts[cfg.Name] = s
		l.startScript(s)
	}
}

func (l *loop) startScript(s *trackScript) {
	ctx, cancel := context.WithCancel(l.work)
	s.cancel = cancel
	s.job = l.trackJob(s.cfg)
	l.wg.Go(func() {
		runEvery(ctx, s.job, scriptInterval(s.cfg), func(r script.Result) { l.tell(scriptRan{s, r, time.Now()}) })
	})
}

func scriptInterval(cfg model.Script) time.Duration {
	return max(cfg.Interval.Val.Duration(), time.Millisecond)
}

// trackJob is one run of a script, under the user that the whole configuration
// says. Its time is over when the next one is due, unless it has one of its own.
func (l *loop) trackJob(cfg model.Script) script.Job {
	limit := cfg.Timeout.Val.Duration()
	if limit <= 0 {
		limit = scriptInterval(cfg)
	}
	return l.job(cfg.Command, limit)
}

func (l *loop) stopScripts() {
	for _, s := range l.scripts {
		s.cancel()
	}
}

// runEvery runs a job at once and then with the interval from start to start,
// until ctx ends. A start for which the last run is not over is left out.
func runEvery(ctx context.Context, job script.Job, interval time.Duration, tell func(script.Result)) {
	next := time.Now()
	for {
		r := script.Run(ctx, job)
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

// scriptRan is one run of a track script.
type scriptRan struct {
	script *trackScript
	result script.Result
	at     time.Time
}

func (v scriptRan) reach(l *loop) {
	s := v.script
	if l.scripts[s.cfg.Name] != s {
		return // it was replaced meanwhile
	}
	before, state := s.answer(), s.state()
	wasAbsent, wasCode := s.absent, s.code
	s.detail, s.absent, s.code, s.short = v.result.String(), "", "", false
	if err := v.result.Err; err != nil { // no run, no verdict
		s.absent, s.code, s.short = err.Error(), missing(s.cfg.Command, err), script.Shortage(err)
	} else {
		s.verdict = s.rule.Observe(s.verdict, v.result.OK())
	}
	l.tellAbsence(s, wasAbsent, wasCode)
	l.tellOverrun(s, v.result.Took)
	l.rememberScript(s)
	if s.answer() == before {
		return
	}
	s.since = v.at
	if now := s.state(); now != state {
		l.note(journal.Entry{At: v.at, Kind: journal.ScriptState, Object: s.cfg.Name,
			Facts: map[string]string{"from": state, "to": now, "reason": s.detail}})
	}
	l.survey(v.at)
}

// tellAbsence tells when a program is not there, and when it is back.
func (l *loop) tellAbsence(s *trackScript, was, code string) {
	facts := map[string]string{"object": s.cfg.Name, "code": s.code, "command": s.cfg.Command.Line}
	switch {
	case was == "" && s.absent != "":
		facts["reason"] = s.absent
		l.note(journal.Entry{Kind: journal.Held, Object: s.cfg.Name, Facts: facts})
	case was != "" && s.absent == "":
		facts["code"] = code
		l.note(journal.Entry{Kind: journal.Unheld, Object: s.cfg.Name, Facts: facts})
	}
}

// tellOverrun tells once of a script whose runs are still going on when the next
// one is due.
func (l *loop) tellOverrun(s *trackScript, took time.Duration) {
	every := scriptInterval(s.cfg)
	if s.overran || took <= every {
		return
	}
	s.overran = true
	l.note(journal.Entry{Kind: journal.Notice, Object: s.cfg.Name, Facts: map[string]string{
		"code": "script-overran", "interval": every.String(), "took": took.Round(time.Millisecond).String()}})
}

// changeScripts carries the scripts over to a new configuration. One that is
// the same runs on; one that changed keeps its verdict.
func (l *loop) changeScripts(m savedStates) {
	names := l.tracked()
	old := l.scripts
	l.scripts = map[string]*trackScript{}
	for _, cfg := range l.cfg.Scripts {
		s := old[cfg.Name]
		if s == nil || !names[cfg.Name] {
			continue
		}
		if !l.runsAs(s, cfg) {
			s.cancel()
			next := newTrackScript(cfg, s.since)
			next.verdict = next.rule.Carry(s.verdict, s.rule)
			next.detail = s.detail
			s = next
			l.startScript(s)
		}
		delete(old, cfg.Name)
		l.scripts[cfg.Name] = s
	}
	for _, s := range old {
		s.cancel()
	}
	l.startScripts(m)
}

// runsAs says whether a script that runs is already what cfg says. script_user and
// enable_script_security stand elsewhere in the configuration and count too.
func (l *loop) runsAs(s *trackScript, cfg model.Script) bool {
	return reflect.DeepEqual(s.job, l.trackJob(cfg)) && s.cfg.Interval.Val == cfg.Interval.Val &&
		s.cfg.Rise.Val == cfg.Rise.Val && s.cfg.Fall.Val == cfg.Fall.Val
}
