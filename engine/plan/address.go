package plan

import (
	"net/netip"
	"strconv"
	"strings"
)

// The flags that an address may be given (linux/if_addr.h, IFA_F_*).
const (
	HomeAddress   uint32 = 0x10
	ManageTemp    uint32 = 0x100
	NoPrefixRoute uint32 = 0x200
	AutoJoin      uint32 = 0x400
)

// AddressFlags are the words for flags, in the order of a line.
var AddressFlags = []struct {
	Word string
	Flag uint32
}{{"home", HomeAddress}, {"mngtmpaddr", ManageTemp}, {"noprefixroute", NoPrefixRoute}, {"autojoin", AutoJoin}}

// SettableFlags are those of them that may be set, and read back.
const SettableFlags = HomeAddress | ManageTemp | NoPrefixRoute | AutoJoin

// Forever is the preferred lifetime without an end, and Deprecated that of an address
// that is never chosen as a source.
const (
	Forever    = "forever"
	Deprecated = "0"
)

// Lifetime is the preferred lifetime of an IPv6 address: as it is asked for, else for ever,
// but for a host alone, which keepalived does not let be a source.
func (a Address) Lifetime() string {
	switch {
	case a.Preferred != "":
		return a.Preferred
	case a.Prefix.IsSingleIP():
		return Deprecated
	}
	return Forever
}

// usual is the lifetime where none is asked for.
func (a Address) usual() string {
	a.Preferred = ""
	return a.Lifetime()
}

// As is an address that the kernel told of, with what it does not tell, or tells as it
// is by now, as it was asked for: whether others were asked for it first, and how long
// it is preferred still.
func (a Address) As(asked Address) Address {
	a.Detect = asked.Detect
	ends := func(s string) bool { _, err := strconv.ParseUint(s, 10, 32); return err == nil && s != Deprecated }
	if ends(asked.Preferred) && (ends(a.Preferred) || a.Lifetime() == Deprecated) {
		a.Preferred = asked.Preferred
	}
	return a
}

// words are the options of "ip address add" beside the interface.
func (a Address) words() string {
	var b strings.Builder
	if a.Label != "" {
		b.WriteString(" label " + a.Label)
	}
	if a.Broadcast.IsValid() {
		b.WriteString(" brd " + a.Broadcast.String())
	}
	for _, f := range AddressFlags {
		if a.Flags&f.Flag != 0 {
			b.WriteString(" " + f.Word)
		}
	}
	if !a.Prefix.Addr().Is6() {
		return b.String()
	}
	if !a.Detect {
		b.WriteString(" nodad")
	}
	if l := a.Lifetime(); l != Forever {
		b.WriteString(" preferred_lft " + l)
	}
	return b.String()
}

// on is the address as ip names it.
func (a Address) on() string {
	if a.Peer.IsValid() {
		return a.Prefix.Addr().String() + " peer " + netip.PrefixFrom(a.Peer, a.Prefix.Bits()).String()
	}
	return a.Prefix.String()
}
