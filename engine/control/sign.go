package control

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"
)

// SignLength is how many bytes a sign has on the lifeline.
const SignLength = 16

// Sign is what a role tells its parent over the lifeline while its loop goes round.
type Sign struct {
	// Down is the shortest master-down time of what runs: how soon peers take over.
	Down time.Duration
	// Due is when the first peer takes over if no advert is sent any more, by Monotonic;
	// 0: the role holds nothing that peers wait for.
	Due time.Duration
}

// Append appends the sign as it is written.
func (s Sign) Append(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(s.Down))
	return binary.BigEndian.AppendUint64(b, uint64(s.Due))
}

// LastSign is the last whole sign in what was read; false: there is none.
func LastSign(b []byte) (Sign, bool) {
	n := len(b) / SignLength * SignLength
	if n == 0 {
		return Sign{}, false
	}
	b = b[n-SignLength:]
	return Sign{time.Duration(binary.BigEndian.Uint64(b)), time.Duration(binary.BigEndian.Uint64(b[8:]))}, true
}

// Monotonic is CLOCK_MONOTONIC, which is the same for all processes of the machine.
func Monotonic() time.Duration {
	var at unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &at); err != nil {
		panic("read CLOCK_MONOTONIC: " + err.Error()) // every kernel has it
	}
	return time.Duration(at.Nano())
}
