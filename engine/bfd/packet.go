package bfd

import (
	"encoding/binary"
	"time"
)

// Version is the only one there is on the wire.
const Version = 1

// Length is that of a control packet without authentication, in bytes.
const Length = 24

// The ports that control packets go to.
const (
	Port         = 3784 // RFC 5881
	MultihopPort = 4784 // RFC 5883
)

// The flags in the second byte of a packet.
const (
	flagPoll       = 0x20
	flagFinal      = 0x10
	flagAuth       = 0x04
	flagDemand     = 0x02
	flagMultipoint = 0x01
)

// Packet is one control packet. Its intervals are of microseconds; what is no whole
// number of them is rounded down.
type Packet struct {
	Phase      Phase
	Diag       Diag
	Poll       bool
	Final      bool
	Demand     bool
	Multiplier uint8
	My, Your   uint32        // discriminators; Your is 0 while it is not known
	MinTx      time.Duration // desired
	MinRx      time.Duration // required; 0: the sender wants no periodic packets
	MinEcho    time.Duration // required; 0: the sender answers no echo
}

// Drop is why a packet does not count, NoDrop where it does.
type Drop string

// The reasons of RFC 5880, 6.8.6, and what Session.Hears and a table of sessions add.
const (
	NoDrop          Drop = ""
	TooShort        Drop = "too-short"
	WrongVersion    Drop = "version"
	WrongLength     Drop = "length"
	NoMultiplier    Drop = "multiplier"
	Multipoint      Drop = "multipoint"
	NoDiscriminator Drop = "discriminator"
	Unaddressed     Drop = "your-discriminator"
	PollAndFinal    Drop = "poll-and-final"
	Authenticated   Drop = "authentication"
	TooFar          Drop = "hop-limit"
	NoSession       Drop = "no-session"
)

// Decode reads a packet; bytes behind its end are passed over.
func Decode(b []byte) (Packet, Drop) {
	if len(b) < Length {
		return Packet{}, TooShort
	}
	flags := b[1]
	p := Packet{
		Diag: Diag(b[0] & 0x1f), Phase: Phase(flags >> 6),
		Poll: flags&flagPoll != 0, Final: flags&flagFinal != 0, Demand: flags&flagDemand != 0,
		Multiplier: b[2],
		My:         binary.BigEndian.Uint32(b[4:]), Your: binary.BigEndian.Uint32(b[8:]),
		MinTx: micros(b[12:]), MinRx: micros(b[16:]), MinEcho: micros(b[20:]),
	}
	switch length := int(b[3]); {
	case b[0]>>5 != Version:
		return p, WrongVersion
	case length < Length, length > len(b):
		return p, WrongLength
	case p.Multiplier == 0:
		return p, NoMultiplier
	case flags&flagMultipoint != 0:
		return p, Multipoint
	case p.My == 0:
		return p, NoDiscriminator
	case p.Your == 0 && p.Phase != Down && p.Phase != AdminDown:
		return p, Unaddressed
	case p.Poll && p.Final:
		return p, PollAndFinal
	case flags&flagAuth != 0: // no session here uses any (RFC 5880, 6.8.6)
		return p, Authenticated
	}
	return p, NoDrop
}

// Append writes the packet behind b.
func (p Packet) Append(b []byte) []byte {
	flags := byte(p.Phase) << 6
	for _, f := range []struct {
		set  bool
		flag byte
	}{{p.Poll, flagPoll}, {p.Final, flagFinal}, {p.Demand, flagDemand}} {
		if f.set {
			flags |= f.flag
		}
	}
	b = append(b, Version<<5|byte(p.Diag)&0x1f, flags, p.Multiplier, Length)
	b = binary.BigEndian.AppendUint32(b, p.My)
	b = binary.BigEndian.AppendUint32(b, p.Your)
	for _, d := range []time.Duration{p.MinTx, p.MinRx, p.MinEcho} {
		b = binary.BigEndian.AppendUint32(b, uint32(min(d.Microseconds(), 1<<32-1)))
	}
	return b
}

func micros(b []byte) time.Duration {
	return time.Duration(binary.BigEndian.Uint32(b)) * time.Microsecond
}
