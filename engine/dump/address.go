package dump

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"holdfast/engine/model"
)

// address is a virtual address as keepalived writes it: "192.0.2.100/24 dev eth0
// scope global set". An exporter takes the first and the third word. set says that it
// is on the interface.
func address(a model.Address, link string, set bool) string {
	var b strings.Builder
	ip := a.Prefix.Addr()
	bits := a.Prefix.Bits()
	if a.Peer.IsValid() {
		bits = ip.BitLen()
	}
	b.WriteString(ip.String())
	if bits != ip.BitLen() {
		fmt.Fprintf(&b, "/%d", bits)
	}
	if brd := broadcast(a); brd != "" {
		b.WriteString(" brd " + brd)
	}
	if a.Dev != "" {
		link = a.Dev
	}
	b.WriteString(" dev " + link + " scope " + model.ScopeName(a.Scope.Val))
	if a.Label != "" {
		b.WriteString(" label " + a.Label)
	}
	if a.Peer.IsValid() {
		fmt.Fprintf(&b, " peer %s/%d", a.Peer, bits)
	}
	for _, w := range []string{"home", "-nodad", "mngtmpaddr", "noprefixroute", "autojoin"} {
		if slices.Contains(strings.Fields(a.Flags), w) || w == "-nodad" && a.Detect {
			b.WriteString(" " + w)
		}
	}
	if a.NoTrack {
		b.WriteString(" no_track")
	}
	switch {
	case ip.Is4():
	case a.Preferred == "0" || a.Preferred == "" && bits == 128:
		b.WriteString(" deprecated") // kept from being a source address
	case a.Preferred == "":
		b.WriteString(" preferred_lft forever")
	default:
		b.WriteString(" preferred_lft " + a.Preferred)
	}
	if set {
		b.WriteString(" set")
	}
	return b.String()
}

func broadcast(a model.Address) string {
	if !a.Broadcast.Written || !a.Prefix.Addr().Is4() || a.Peer.IsValid() {
		return ""
	}
	low := binary.BigEndian.Uint32(a.Prefix.Masked().Addr().AsSlice())
	host := uint32(1)<<(32-a.Prefix.Bits()) - 1
	switch v := a.Broadcast.Val; {
	case (v.Ones || v.Zeros) && a.Prefix.Bits() > 30:
		return ""
	case v.Ones:
		low |= host
	case !v.Zeros:
		return v.Addr.String()
	}
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, low))).String()
}

// command is a program with its arguments as keepalived quotes them.
func command(c model.Command) string {
	if c.Shell {
		return "'" + c.Line + "'"
	}
	return "'" + strings.Join(c.Argv, "' '") + "'"
}
