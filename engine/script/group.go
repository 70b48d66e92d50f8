package script

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Grace is how long a program has between SIGTERM and SIGKILL, as in keepalived.
const Grace = 2 * time.Second

// guard ends the process group when its time is over or ctx ends, and reports
// whether it was the time.
func guard(ctx context.Context, pid int, limit time.Duration, ended <-chan struct{}) (timedOut bool) {
	var expired <-chan time.Time
	if limit > 0 {
		t := time.NewTimer(limit)
		defer t.Stop()
		expired = t.C
	}
	select {
	case <-ended:
		return false
	case <-expired:
		timedOut = true
	case <-ctx.Done():
	}
	signalGroup(pid, syscall.SIGTERM)
	kill := time.NewTimer(Grace)
	defer kill.Stop()
	left := ended
	look := time.NewTicker(Grace / 20)
	defer look.Stop()
	for {
		select {
		case <-left:
			left = nil // the program itself is gone; those that it started may not be
			if !groupLives(pid) {
				return timedOut
			}
		case <-look.C:
			if left == nil && !groupLives(pid) {
				return timedOut
			}
		case <-kill.C:
			signalGroup(pid, syscall.SIGKILL)
			return timedOut
		}
	}
}

// signalGroup signals every process of the program's group. That none is left
// is what we want, so ESRCH is no error; nothing else can happen to our child.
func signalGroup(pid int, sig syscall.Signal) {
	if err := syscall.Kill(-pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return
	}
}

// groupLives says whether a process of the group can still run. Those that ended
// and that nobody has waited for are in the group too, and do not count.
func groupLives(group int) bool {
	if errors.Is(syscall.Kill(-group, 0), syscall.ESRCH) {
		return false
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return true
	}
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it is gone
		}
		// proc(5): PID (NAME) STATE PPID PGRP …, and a name may hold anything.
		fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
		if len(fields) < 3 || fields[0][0] == 'Z' || fields[0][0] == 'X' {
			continue
		}
		if n, err := strconv.Atoi(string(fields[2])); err == nil && n == group {
			return true
		}
	}
	return false
}
