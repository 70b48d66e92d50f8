package bfd

import (
	"encoding/hex"
	"testing"
	"time"
)

// onWire is a packet of keepalived 2.2.7: Up, ten milliseconds both ways.
const onWire = "20c005180000000a0000000b000027100000271000000000"

func wire(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAPacketIsReadAsItWasWritten(t *testing.T) {
	p, drop := Decode(wire(t, onWire))
	want := Packet{Phase: Up, Multiplier: 5, My: 10, Your: 11, MinTx: 10 * time.Millisecond, MinRx: 10 * time.Millisecond}
	if drop != NoDrop || p != want {
		t.Fatalf("read %+v, %q; want %+v", p, drop, want)
	}
	if got := hex.EncodeToString(p.Append(nil)); got != onWire {
		t.Errorf("written: %s\nread:    %s", got, onWire)
	}
}

func TestAPacketThatTheRFCForbidsIsDropped(t *testing.T) {
	for _, c := range []struct {
		at   int
		to   byte
		want Drop
	}{
		{0, 0x40, WrongVersion},
		{3, 23, WrongLength},
		{3, 25, WrongLength},
		{2, 0, NoMultiplier},
		{1, 0xc1, Multipoint},
		{7, 0, NoDiscriminator},
		{11, 0, Unaddressed},
		{1, 0xf0, PollAndFinal},
		{1, 0xc4, Authenticated},
	} {
		b := wire(t, onWire)
		b[c.at] = c.to
		if _, drop := Decode(b); drop != c.want {
			t.Errorf("byte %d is %#x: %q, want %q", c.at, c.to, drop, c.want)
		}
	}
	if _, drop := Decode(wire(t, onWire)[:Length-1]); drop != TooShort {
		t.Errorf("a packet cut short: %q", drop)
	}
	down := wire(t, onWire)
	down[1], down[11] = 0x40, 0
	if _, drop := Decode(down); drop != NoDrop {
		t.Errorf("a first packet, which is Down, is dropped: %q", drop)
	}
}

// FuzzDecode holds that whatever counts comes back the same, and what a session takes in
// never leaves it in a phase or with a timer that RFC 5880 does not know.
func FuzzDecode(f *testing.F) {
	b, _ := hex.DecodeString(onWire)
	f.Add(b, uint8(Down))
	f.Add(b, uint8(Up))
	f.Fuzz(func(t *testing.T, b []byte, phase uint8) {
		p, drop := Decode(b)
		if drop != NoDrop {
			return
		}
		if again, drop := Decode(p.Append(nil)); drop != NoDrop || again != p {
			t.Fatalf("%+v comes back as %+v, %q", p, again, drop)
		}
		s := quick
		st := s.Begin(7, 1, epoch)
		st.Phase = Phase(phase % 4)
		before := st.Phase
		st, send, some := s.Receive(st, p, epoch)
		if st.Phase > Up || before == AdminDown && st.Phase != AdminDown {
			t.Fatalf("%v becomes %v", before, st.Phase)
		}
		if some && (send.Poll && send.Final || send.My != 7) {
			t.Fatalf("answer %+v", send)
		}
		if at := s.Next(st); before != AdminDown && !at.IsZero() && at.Before(epoch) {
			t.Fatalf("the next look is %v ago", epoch.Sub(at))
		}
	})
}
