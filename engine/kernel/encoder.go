package kernel

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

// encoder appends netlink messages and their attributes.
type encoder []byte

func (e *encoder) message(family, flags uint16, seq uint32, cmd uint8, fill func(*encoder)) {
	start := len(*e)
	*e = append(*e, 0, 0, 0, 0) // the length, when it is known
	*e = native.AppendUint16(*e, family)
	*e = native.AppendUint16(*e, flags)
	*e = native.AppendUint32(*e, seq)
	*e = append(*e, 0, 0, 0, 0) // the kernel knows who sends
	*e = append(*e, cmd, genlVersion, 0, 0)
	fill(e)
	native.PutUint32((*e)[start:], uint32(len(*e)-start))
}

// nest writes an attribute that holds attributes.
func (e *encoder) nest(kind uint16, fill func(*encoder)) {
	start := len(*e)
	*e = native.AppendUint16(*e, 0)
	*e = native.AppendUint16(*e, kind)
	fill(e)
	native.PutUint16((*e)[start:], uint16(len(*e)-start))
}

func (e *encoder) bytes(kind uint16, value []byte) {
	*e = native.AppendUint16(*e, uint16(unix.SizeofNlAttr+len(value)))
	*e = native.AppendUint16(*e, kind)
	*e = append(*e, value...)
	for len(*e)%unix.NLMSG_ALIGNTO != 0 {
		*e = append(*e, 0)
	}
}

func (e *encoder) u16(kind, v uint16) {
	var b [2]byte // on the stack, as below: a large table has a million of these
	native.PutUint16(b[:], v)
	e.bytes(kind, b[:])
}

func (e *encoder) u32(kind uint16, v uint32) {
	var b [4]byte
	native.PutUint32(b[:], v)
	e.bytes(kind, b[:])
}

// port writes v in network order.
func (e *encoder) port(kind, v uint16) {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], v)
	e.bytes(kind, b[:])
}

// address writes the bytes of an address, 4 or 16; of the zero Addr none.
func (e *encoder) address(kind uint16, a netip.Addr) {
	switch {
	case a.Is4():
		b := a.As4()
		e.bytes(kind, b[:])
	case a.IsValid():
		b := a.As16()
		e.bytes(kind, b[:])
	default:
		e.bytes(kind, nil)
	}
}

// text writes s with a zero at its end.
func (e *encoder) text(kind uint16, s string) { e.bytes(kind, append([]byte(s), 0)) }
