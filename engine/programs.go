package engine

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/engine/policy"
	"holdfast/engine/realtime"
	"holdfast/engine/script"
)

// mayRun refuses a text of the console that has programs run, or files made, which root does
// not allow. What runs already, ran before, or was imported by root may run.
func (s *process) mayRun(text string) (err error) {
	if os.Geteuid() != 0 {
		return nil // every program runs as the role itself
	}
	realtime.Aside(func() {
		if err = s.refuse(text); err != nil {
			s.vouch() // what runs may just have begun, and is not noted yet
			err = s.refuse(text)
		}
	})
	return err
}

func (s *process) refuse(text string) error {
	known, err := policy.Known(s.opt.StateDir, append(control.Roles[:], policy.Imported)...)
	if err != nil {
		return err
	}
	lines := map[string]int{}
	cfg, others, _ := s.parse(text, model.Accepted{}, func(c model.Command, at model.Range) {
		if lines[c.Line] == 0 {
			lines[c.Line] = at.Line
		}
	})
	refused := s.opt.Programs.Refused(model.Resolve(cfg), known)
	if len(refused) == 0 {
		refused = s.opt.Programs.Refused(model.Config{Global: cfg.Global, Scripts: asScripts(others)}, known)
	}
	if len(refused) == 0 {
		return nil
	}
	r := refused[0]
	line := strconv.Itoa(lines[r.Run.Line])
	if r.Code == policy.File {
		line = strconv.Itoa(lineOfFile(text, r))
	}
	return &control.Problem{
		Code:    control.Invalid,
		Message: fmt.Sprintf("line %s: %q may not run as %s (%s)", line, r.Run.Line, r.As, r.Code),
		Args:    map[string]string{"code": code.ProgramRefused, "line": line, "command": r.Run.Line, "user": r.As, "reason": r.Code},
	}
}

// lineOfFile is the first line where a word names a file, 0 where a definition does.
func lineOfFile(text string, r policy.Refusal) int {
	for i, line := range strings.Split(text, "\n") {
		if words := strings.Fields(line); len(words) > 1 && words[0] == r.Word && strings.Trim(words[1], "\"'") == r.Run.Line {
			return i + 1
		}
	}
	return 0
}

// asScripts gives commands the form of a configuration's, for the policy.
func asScripts(commands []model.Command) (scripts []model.Script) {
	for _, c := range commands {
		scripts = append(scripts, model.Script{Command: c})
	}
	return scripts
}

// vouch notes the programs of the running text as known, so that one may go back to
// it: root brought it, or it runs already when the role starts.
func (s *process) vouch() {
	text := s.running().text
	if os.Geteuid() != 0 || !strings.Contains(text, "script") && !strings.Contains(text, "notify") && !strings.Contains(text, "quorum") && !strings.Contains(text, "misc") && !strings.Contains(text, "init_file") {
		return // a text without a program or a file is not read once more
	}
	s.vouching.Lock()
	defer s.vouching.Unlock()
	var err error
	realtime.Aside(func() {
		cfg, others, _ := s.parse(text, model.Accepted{}, nil)
		cfg = model.Resolve(cfg)
		cfg.Scripts = slices.Concat(cfg.Scripts, asScripts(others))
		err = s.opt.Programs.Vouch(s.opt.StateDir, s.role.Name(), cfg)
	})
	if err != nil {
		s.log.Error("noting the programs that run", "err", err)
	}
}

// programs is the policy as the status has it.
func (s *process) programs() *control.Programs {
	if os.Geteuid() != 0 {
		return nil
	}
	return &control.Programs{
		Users: append([]string{script.DefaultUser}, s.opt.Programs.Users...),
		Dirs:  append([]string{}, s.opt.Programs.Dirs...),
	}
}
