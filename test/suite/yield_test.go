package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestAPatientStageIsNicerThanTheOthers(t *testing.T) {
	own, err := exec.Command("nice").Output()
	if err != nil {
		t.Fatal(err)
	}
	before, err := strconv.Atoi(strings.TrimSpace(string(own)))
	if err != nil {
		t.Fatal(err)
	}
	s := stage{lane: patient, limit: time.Minute, argv: []string{"sh", "-c", "nice; exit 3"}}
	out, err := s.play(t.Context(), nil)
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("it ended with %v", err)
	}
	if got := strings.TrimSpace(string(out)); got != strconv.Itoa(min(before+5, 19)) {
		t.Errorf("its niceness is %s, that of the others %d", got, before)
	}
}

func TestAnInterruptReachesEverythingOfAPatientStage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for ctx.Err() == nil {
			if text, err := os.ReadFile(file); err == nil && strings.HasSuffix(string(text), "\n") {
				cancel()
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	s := stage{lane: patient, limit: time.Minute, argv: []string{"sh", "-c", `sh -c 'echo $$ >"$1"; exec sleep 1000' sh "$1"; exit 0`, "sh", file}}
	if _, err := s.play(ctx, nil); err == nil {
		t.Error("it ended well")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); syscall.Kill(pid, 0) == nil; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("process %d runs on", pid)
		}
	}
}
