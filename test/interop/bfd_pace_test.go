package interop

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"holdfast/test/lab"
)

// Three times ten milliseconds between two Holdfasts while every core is busy: no false
// end, and a real one is found out within a millisecond of what was agreed. HOLDFAST_BFD
// says for how long (make bench-bfd: ten minutes); without it nothing is measured that a
// busy machine can spoil.
func TestSessionsOfTenMillisecondsHoldWhileAllCoresAreBusy(t *testing.T) {
	long, err := time.ParseDuration(os.Getenv("HOLDFAST_BFD"))
	measured := err == nil
	if !measured {
		t.Parallel()
		long = time.Second
	}
	fast := func(own, neighbor string) string {
		return strings.NewReplacer(" 50\n", " 10\n", "multiplier 5", "multiplier 3").Replace(session{own, neighbor, ""}.String())
	}
	s := newSpeakers(t, fast("192.0.2.31", "192.0.2.32"))
	peer := s.lab.Node("d2").Director(lab.Holdfast(), fast("192.0.2.32", "192.0.2.31"))
	s.own.Start()
	peer.Start()
	s.becomes("UP")
	for range runtime.NumCPU() {
		s.lab.Node("d1").Start("busy", lab.Setting{}, "sh", "-c", "while :; do :; done")
	}
	up := s.becomes("UP")
	for end := time.Now().Add(long); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if now, ok := s.session(); measured && ok && !now.Since.Equal(up.Since) {
			t.Fatalf("a false end after %v: %+v", now.Since.Sub(up.Since), now)
		}
	}
	s.becomes("UP")
	peer.Crash()
	down := s.becomes("DOWN")
	s.silence(down, 30*time.Millisecond)
	if after := down.Since.Sub(down.Heard); measured && after > 31*time.Millisecond {
		t.Errorf("found out after %v", after)
	}
}
