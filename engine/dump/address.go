package dump

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"holdfast/engine/model"
)

// address is a virtual address as keepalived writes it: "192.0.2.100/24 dev eth0
// scope global set". An exporter takes the first and the third word. set says that it
// is on the interface.
func address(a model.Address, link string, set bool) string {
	var b strings.Builder
	ip := a.Prefix.Addr()
	b.WriteString(ip.String())
	if a.Prefix.Bits() != ip.BitLen() {
		fmt.Fprintf(&b, "/%d", a.Prefix.Bits())
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
	if a.NoTrack {
		b.WriteString(" no_track")
	}
	switch {
	case ip.Is4():
	case a.Prefix.Bits() == 128:
		b.WriteString(" deprecated") // kept from being a source address
	default:
		b.WriteString(" preferred_lft forever")
	}
	if set {
		b.WriteString(" set")
	}
	return b.String()
}

func broadcast(a model.Address) string {
	if !a.Broadcast.Written || !a.Prefix.Addr().Is4() {
		return ""
	}
	low := binary.BigEndian.Uint32(a.Prefix.Masked().Addr().AsSlice())
	host := uint32(1)<<(32-a.Prefix.Bits()) - 1
	switch v := a.Broadcast.Val; {
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
