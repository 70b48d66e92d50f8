package state

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Boot is the kernel's name for this boot (random(4), boot_id); "" where it has
// none. A record of another boot counts for nothing.
func Boot() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(id))
}

// BootClock turns instants into boot time and back: both clocks were read
// together. Boot time goes on in another process, time.Time does not.
type BootClock struct {
	Wall time.Time
	boot int64
}

// ReadBootClock reads both clocks now.
func ReadBootClock() BootClock {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		panic(fmt.Sprintf("read the boot clock: %v", err)) // every kernel we run on has it
	}
	return BootClock{time.Now(), ts.Nano()}
}

// To gives t as boot time in nanoseconds; 0 for the zero Time.
func (c BootClock) To(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return c.boot + int64(t.Sub(c.Wall))
}

// From gives the instant of a boot time in nanoseconds; the zero Time for 0.
func (c BootClock) From(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return c.Wall.Add(time.Duration(ns - c.boot))
}
