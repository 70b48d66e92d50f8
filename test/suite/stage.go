package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"holdfast/test/guest"
)

// The lanes. The stages of one lane run one after another.
const (
	first   = "first"
	host    = "host"
	inGuest = "guest"
	story   = "story" // of the tutorial, in guests too
	patient = "patient"
	alone   = "alone" // in a guest too, with nothing beside it
	last    = "last"
)

// beside are the lanes that run side by side, group after group.
var beside = [][]string{{first}, {host, inGuest, story, patient}, {alone}, {last}}

// logs is where the whole output of each stage goes.
const logs = ".cache/test"

// stage is a step of the suite: a command, on this machine or in a guest.
type stage struct {
	name  string
	lane  string
	root  bool     // needs root
	again bool     // the long form repeats it; without, it counts its rounds itself
	tests bool     // its output is that of go test -v
	guest bool     // it runs in a guest
	argv  []string // in a guest: package folder of the tests
	limit time.Duration

	chosen string // in a guest: which tests
}

// result is what a stage came to.
type result struct {
	name     string
	took     time.Duration
	passed   int
	failed   []string
	unsteady []string // failed beside others, and passed alone
	missing  string   // why it could not run here
	err      error
	output   []byte
}

// named says whether only names the stage, by its own name or by the part of it
// before a slash.
func (s stage) named(only []string) bool {
	return slices.ContainsFunc(only, func(name string) bool { return s.name == name || strings.HasPrefix(s.name, name+"/") })
}

// skipped marks a test that did not run.
const skipped = " (skipped)"

var verdict = regexp.MustCompile(`(?m)^(\s*)--- (PASS|FAIL|SKIP): (\S+)`)

// run runs the stage and reads its verdicts.
func (s stage) run(ctx context.Context) result {
	r := result{name: s.name}
	if s.root && os.Geteuid() != 0 {
		r.missing = "it builds network namespaces and needs root"
		return r
	}
	fmt.Printf("suite: %s ...\n", s.name)
	began := time.Now()
	r.output, r.err = s.play(ctx, nil)
	r.took = time.Since(began)
	if s.tests {
		r.count()
	}
	r.keep("")
	return r
}

// play runs the stage's command, or only these of its tests, and gives its output.
func (s stage) play(ctx context.Context, tests []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	if s.guest {
		return runInGuest(ctx, s, tests)
	}
	argv := s.argv
	if len(tests) > 0 {
		argv = append(slices.Clone(argv), "-run", exactly(tests))
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	// A test takes its lab down when it is asked to end.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if s.lane == patient {
		cmd = exec.CommandContext(ctx, "sh", append([]string{"-c", yield, "sh"}, argv...)...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	}
	cmd.WaitDelay = 20 * time.Second
	return cmd.CombinedOutput()
}

// yield runs a command that leaves the processor to the labs. Where the kernel
// shares it among sessions, the niceness of the session counts, else that of each
// process.
const yield = `{ echo 5 >/proc/self/autogroup; } 2>/dev/null
exec nice -n 5 "$@"`

// keep writes the stage's output to its log.
func (r *result) keep(suffix string) {
	file := strings.ReplaceAll(r.name, "/", "-") + suffix + ".log"
	if err := os.WriteFile(filepath.Join(logs, file), r.output, 0o644); err != nil {
		r.err = errors.Join(r.err, err)
	}
}

// count reads the verdicts of go test -v. A skipped test has failed.
func (r *result) count() {
	for _, m := range verdict.FindAllSubmatch(r.output, -1) {
		name := string(m[3])
		switch string(m[2]) {
		case "PASS":
			r.passed++
		case "SKIP":
			r.failed = append(r.failed, name+skipped)
		default:
			r.failed = append(r.failed, name)
		}
	}
	switch {
	case r.err != nil:
	case len(r.failed) > 0:
		r.err = errors.New("a test was skipped")
	case r.passed == 0:
		r.err = errors.New("not one test ran")
	}
}

// print says how a stage ended; a failure with its whole story.
func (r result) print() {
	switch {
	case r.missing != "":
		fmt.Printf("suite: %s cannot run here: %s\n", r.name, r.missing)
	case r.err != nil:
		fmt.Printf("suite: %s FAILED after %.1f s: %v\n%s\n", r.name, r.took.Seconds(), r.err, worst(r.output))
	default:
		fmt.Printf("suite: %s ok, %d tests, %.1f s\n", r.name, r.passed, r.took.Seconds())
	}
}

// worst is the part of an output worth printing: all of it, unless it is huge.
func worst(output []byte) []byte {
	const most = 60_000
	if len(output) <= most {
		return output
	}
	return append([]byte("[...]\n"), output[len(output)-most:]...)
}

// runInGuest compiles a package's tests and runs the stage's in a guest, or only
// these.
func runInGuest(ctx context.Context, s stage, tests []string) ([]byte, error) {
	chosen := s.chosen
	if len(tests) > 0 {
		chosen = exactly(tests)
	}
	folder := s.argv[0]
	binary, err := filepath.Abs(filepath.Join(logs, strings.ReplaceAll(s.name, "/", "-")+".test"))
	if err != nil {
		return nil, err
	}
	build := exec.CommandContext(ctx, "go", "test", "-c", "-tags", tags, "-o", binary, "./"+folder)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return out, err
	}
	var out bytes.Buffer
	var env []string
	for _, name := range []string{"HOLDFAST_ROUNDS", "HOLDFAST_LONG", "HOLDFAST_BINARY", "HOLDFAST_TABLE", "HOLDFAST_BEFORE"} {
		env = append(env, name+"="+os.Getenv(name))
	}
	opt := guest.Options{Limit: s.limit, Memory: "2G", Env: env, Stdout: &out, Stderr: &out}
	// One test at a time: the guest has one processor, and two labs on it make a
	// track script miss its second.
	code, err := guest.Run(ctx, opt, "sh", "-c", `cd "$1" && shift && exec "$@"`, "sh", folder, binary, "-test.v", "-test.run", chosen, "-test.parallel", "1", "-test.timeout", s.limit.String())
	if err == nil && code != 0 {
		err = fmt.Errorf("exit code %d", code)
	}
	return out.Bytes(), err
}
