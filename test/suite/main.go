package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	only := flag.String("only", "", "stages to run, separated by commas; default all")
	long := flag.Bool("long", false, "the long forms: more rounds, more partners")
	rounds := flag.Int("rounds", 0, "how often labs play each fault; default 2, long 10")
	flag.Parse()
	if *rounds == 0 {
		*rounds = shortRounds
		if *long {
			*rounds = 10
		}
	}
	os.Setenv("HOLDFAST_ROUNDS", fmt.Sprint(*rounds))
	if *long {
		os.Setenv("HOLDFAST_LONG", "1")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if code := run(ctx, strings.FieldsFunc(*only, func(r rune) bool { return r == ',' }), *rounds, *long); code != 0 {
		os.Exit(code)
	}
}

// run runs the stages in their lanes and returns the exit code. The long forms
// forgive nothing: there a test that fails once has failed.
func run(ctx context.Context, only []string, rounds int, long bool) int {
	began := time.Now()
	if err := os.MkdirAll(logs, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, "suite:", err)
		return 1
	}
	stages, err := plan(rounds)
	if err != nil {
		fmt.Fprintln(os.Stderr, "suite:", err)
		return 1
	}
	if len(only) > 0 {
		stages = slices.DeleteFunc(stages, func(s stage) bool { return !s.named(only) })
	}
	var results []result
	var mu sync.Mutex // guards results
	play := func(lane string) {
		for _, s := range stages {
			if s.lane != lane {
				continue
			}
			r := s.run(ctx)
			mu.Lock()
			results = append(results, r)
			r.print()
			mu.Unlock()
		}
	}
	for _, group := range beside {
		var lanes sync.WaitGroup
		for _, lane := range group {
			lanes.Go(func() { play(lane) })
		}
		lanes.Wait()
	}
	if !long {
		again(ctx, stages, results)
	}
	return summary(results, time.Since(began))
}

// summary prints the end of the story and returns the exit code.
func summary(results []result, took time.Duration) int {
	var passed, broken, failed, missing int
	fmt.Printf("\n%-28s %8s %7s %7s  %s\n", "stage", "seconds", "passed", "failed", "")
	for _, r := range results {
		verdict := "ok"
		switch {
		case r.missing != "":
			verdict = "CANNOT RUN: " + r.missing
			missing++
		case r.err != nil:
			verdict = "FAILED: " + r.err.Error()
		}
		fmt.Printf("%-28s %8.1f %7d %7d  %s\n", r.name, r.took.Seconds(), r.passed, len(r.failed), verdict)
		for _, name := range r.unsteady {
			fmt.Printf("%30s UNSTEADY: %s failed beside others and passed alone; its first story is in the log\n", "", name)
		}
		passed += r.passed
		broken += len(r.failed)
		if r.err != nil {
			failed++
			for _, name := range r.failed {
				fmt.Printf("%30s %s\n", "", name)
				for _, line := range remarks(r.output, name) {
					fmt.Printf("%32s %s\n", "", line)
				}
			}
		}
	}
	fmt.Printf("\n%d tests passed in %s; %d stages failed, %d could not run here; logs in %s\n", passed, took.Round(time.Second), failed, missing, filepath.Clean(logs))
	fmt.Printf("%d passed, %d failed\n", passed, broken)
	if failed+missing > 0 || len(results) == 0 {
		return 1
	}
	return 0
}
