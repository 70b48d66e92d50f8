package model

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Seconds is a length of time that keepalived.conf writes in seconds, with decimals.
type Seconds time.Duration

// Duration gives the length as the standard library's type.
func (s Seconds) Duration() time.Duration { return time.Duration(s) }

// String is the length as keepalived.conf writes it: "6", "0.25".
func (s Seconds) String() string {
	return strconv.FormatFloat(s.Duration().Seconds(), 'f', -1, 64)
}

// Millis is a length of time that keepalived.conf writes in milliseconds, with decimals.
type Millis time.Duration

// Duration gives the length as the standard library's type.
func (m Millis) Duration() time.Duration { return time.Duration(m) }

// String is the length as keepalived.conf writes it: "10", "0.5".
func (m Millis) String() string {
	return strconv.FormatFloat(m.Duration().Seconds()*1000, 'f', -1, 64)
}

// Secret is a word that is never printed: every printing of it is dots.
type Secret string

// String hides the secret.
func (s Secret) String() string { return "••••••" }

// GoString hides the secret.
func (s Secret) GoString() string { return "••••••" }

// Reveal gives the word itself, for the wire.
func (s Secret) Reveal() string { return string(s) }

// Weight is what a tracked object adds to a priority (-253..253); Reverse flips
// the sense of the object, and Upright, on the line of a script, is that it stays as
// it is whatever the script's own weight says. Zero means: a failure is a FAULT.
type Weight struct {
	N                int
	Reverse, Upright bool
}

// User is the identity a script runs under.
type User struct {
	Name, Group string
}

// Fifo is the argument of notify_fifo: a path, and who owns the FIFO where it is made.
type Fifo struct {
	Path  string
	Owner User // empty: the engine's own, as with keepalived
}

// Every is the argument of garp_extra_if: how often, and whether also on interfaces that
// are no virtual ones.
type Every struct {
	All   bool
	Delay Seconds
}

// String is the argument as a statement has it.
func (e Every) String() string {
	if e.All {
		return "all " + e.Delay.String()
	}
	return e.Delay.String()
}

// ProcessLine is a command line of which words are compared: its words, each ended by
// a zero but the last.
type ProcessLine string

// Words are those of the line.
func (p ProcessLine) Words() []string { return strings.Split(string(p), "\x00") }

// InitFile is what a tracked file begins with: a number, in place of what it holds
// where that is to be overwritten.
type InitFile struct {
	Value     int
	Overwrite bool
}

// String is the argument of init_file.
func (f InitFile) String() string {
	words := ""
	if f.Value != 0 {
		words = strconv.Itoa(f.Value)
	}
	if f.Overwrite {
		words = strings.TrimLeft(words+" overwrite", " ")
	}
	return words
}

// Command is a program to run. Argv is ready for exec: where the line is shell
// syntax (Shell), it is bash with -c and the line.
type Command struct {
	Line  string
	Argv  []string
	Shell bool
	User  Opt[User]
}

// Written says whether there is a command at all.
func (c Command) Written() bool { return len(c.Argv) > 0 }

// Address is one line of virtual_ipaddress.
type Address struct {
	Prefix     netip.Prefix
	Dev        string // empty before Resolve means the instance's interface
	Label      string
	Scope      Opt[uint8] // RT_SCOPE_*; 0 is global
	Broadcast  Opt[Broadcast]
	NoTrack    bool
	TrackGroup string     // of a static address: the instances that depend on its interface
	VMAC       bool       // use_vmac: on another interface, too, under the virtual MAC address
	Peer       netip.Addr // the other end of a point-to-point link
	Detect     bool       // -nodad: others are asked for an IPv6 address before it is used
	Preferred  string     // preferred_lft: seconds, or forever; empty is keepalived's choice
	Flags      string     // words for flags of the kernel's, as written
}

// Peer is one line of unicast_peer: a router that gets the adverts, and the hop limits
// that its own may have.
type Peer struct {
	Addr           netip.Addr
	MinTTL, MaxTTL Opt[uint8]
}

// Sync is the argument of lvs_sync_daemon: how the directors tell each other of their
// connections. Without an instance to follow a director does both at all times.
type Sync struct {
	Interface string
	Instance  string          // Resolve drops the whole where there is no such one
	ID        Opt[uint8]      // the VRID of the instance; 0 without one
	MaxLen    Opt[uint16]     // bytes of a message; 0: what the interface takes
	Port      Opt[uint16]     // 8848
	TTL       Opt[uint8]      // 1
	Group     Opt[netip.Addr] // 224.0.0.81
}

// Broadcast is the argument of brd: an address, or one computed from the prefix.
type Broadcast struct {
	Addr        netip.Addr
	Ones, Zeros bool // "+", "-"
}

// Track is one line of a track block: the tracked object, and the weight given
// on the line. Resolve fills the weight from the object's own default.
type Track struct {
	Name   string
	Weight Opt[Weight]
}

// Endpoint is an address and a port; Port 0 means not given.
type Endpoint struct {
	Addr netip.Addr
	Port uint16
}

// Protocol is the transport protocol number of a virtual server (IANA).
type Protocol uint8

// The protocols of a virtual server.
const (
	TCP  Protocol = 6
	UDP  Protocol = 17
	SCTP Protocol = 132
)

// CodeRange is one item of status_code: From..To inclusive.
type CodeRange struct{ From, To int }
