package kernel

import (
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestWhatWaitsIsHeardWithoutAReader(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		mine, err := w.here("near", group)
		must(t, err)
		defer mine.Close()
		theirs, err := w.over("far", group)
		must(t, err)
		before := time.Now()
		for _, text := range []string{"one", "two", "three"} {
			must(t, mine.Send(toGroup(nearAddr), []byte(text)))
		}
		var heard []string
		for end := time.Now().Add(5 * time.Second); len(heard) < 3 && time.Now().Before(end); time.Sleep(time.Millisecond) {
			theirs.Waiting(func(p Packet) {
				heard = append(heard, string(p.Payload))
				if p.Src != nearAddr || p.Link != "far" || p.At.Before(before.Add(-time.Millisecond)) || p.At.After(time.Now()) {
					t.Errorf("%+v, sent after %v", p, before)
				}
				// The receiver may answer on the same socket.
				if err := theirs.Send(toGroup(farAddr), []byte("answer")); err != nil {
					t.Error(err)
				}
			})
		}
		if len(heard) != 3 || heard[0] != "one" || heard[2] != "three" {
			t.Errorf("heard %q", heard)
		}
		theirs.Waiting(func(p Packet) { t.Errorf("heard again: %s", p.Payload) })
		theirs.Close()
		theirs.Waiting(func(p Packet) { t.Errorf("heard after the end: %s", p.Payload) })
	})
}

// stampedAt is what the kernel writes beside a packet.
func stampedAt(at time.Time) []byte {
	oob := make([]byte, unix.CmsgSpace(int(unsafe.Sizeof(unix.Timespec{}))))
	h := (*unix.Cmsghdr)(unsafe.Pointer(&oob[0]))
	h.Level, h.Type = unix.SOL_SOCKET, unix.SCM_TIMESTAMPNS
	h.SetLen(unix.CmsgLen(int(unsafe.Sizeof(unix.Timespec{}))))
	*(*unix.Timespec)(unsafe.Pointer(&oob[unix.CmsgLen(0)])) = unix.NsecToTimespec(at.UnixNano())
	return oob
}

func TestPacketIsNotDatedBackWhenTheClockIsSet(t *testing.T) {
	now := time.Now()
	empty := now.Add(-time.Second)
	for name, c := range map[string]struct{ stamp, want time.Time }{
		"a moment ago":           {now.Add(-time.Millisecond), now.Add(-time.Millisecond)},
		"the clock went forward": {now.Add(-30 * time.Second), empty},
		"far forward":            {now.Add(-time.Hour), now},
		"the clock went back":    {now.Add(30 * time.Second), now},
	} {
		if at := stamped(stampedAt(c.stamp), empty, now); !at.Equal(c.want) {
			t.Errorf("%s: %v before it was read", name, now.Sub(at))
		}
	}
}
