package lvs

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"slices"

	"holdfast/engine/plan"
)

// mhSize is how many entries the kernel's table of mh has: the prime of its own choice
// (CONFIG_IP_VS_MH_TAB_INDEX 12, as it is unless a kernel was built otherwise). mhBits is
// how many bits of a weight count in it.
const (
	mhSize = 4093
	mhBits = 6
)

// The two keys of its hashes (net/netfilter/ipvs/ip_vs_mh.c).
const (
	mhKey1 = 2654435761
	mhKey2 = 2654446892
)

// MhTable is the table that mh fills for these destinations, in the order in which the
// kernel lists them: which of them each entry names, by its place in listed; nil where
// none has a weight. It is that of a kernel of 64 bits.
//
// A destination whose weight became 0 keeps its entries in the kernel, so this is the
// table of the weights that the destinations had before.
func MhTable(listed []plan.Destination) []int {
	unit, largest := 0, 0
	for _, d := range listed {
		if w := int(d.Weight); w > 0 {
			unit, largest = gcd(w, unit), max(largest, w)
		}
	}
	if unit == 0 || len(listed) > mhSize {
		return nil
	}
	shift := max(0, bits.Len(uint(largest/unit))-mhBits)
	type turn struct{ at, skip, turns int }
	turns := make([]turn, len(listed))
	for i, d := range listed {
		turns[i] = turn{int(mhHash(d.Addr, d.Port, mhKey1) % mhSize), int(mhHash(d.Addr, d.Port, mhKey2)%(mhSize-1)) + 1, int(d.Weight) / unit >> shift}
		if turns[i].turns == 0 && d.Weight > 0 {
			turns[i].turns = 1
		}
	}
	table := make([]int, mhSize)
	for i := range table {
		table[i] = -1
	}
	for n := 0; ; {
		for i := range turns {
			t := &turns[i]
			for range t.turns {
				for table[t.at] >= 0 {
					t.at = (t.at + t.skip) % mhSize
				}
				table[t.at] = i
				if n++; n == mhSize {
					return table
				}
			}
		}
	}
}

// MhPick is the destination that the table names for a client, by its place; port is 0
// unless mh-port is set.
func MhPick(table []int, client netip.Addr, port uint16) int {
	return table[mhHash(client, port, mhKey1)%mhSize]
}

// Moved is the share of clients, between 0 and 1, that mh gives to another destination
// after than before. What has no table on one side moves nobody.
func Moved(before, after plan.Service) float64 {
	was, is := before.Listed(), after.Listed()
	old, next := MhTable(was), MhTable(is)
	if old == nil || next == nil {
		return 0
	}
	moved := 0
	for i := range old {
		if was[old[i]].End() != is[next[i]].End() {
			moved++
		}
	}
	return float64(moved) / mhSize
}

// mhHash is the kernel's hash of an address with a port.
func mhHash(a netip.Addr, port uint16, key uint64) uint32 {
	var fold uint32
	for part := range slices.Chunk(a.Unmap().AsSlice(), 4) {
		fold ^= binary.BigEndian.Uint32(part)
	}
	return siphash13(fold+uint32(port), key)
}

// siphash13 is the kernel's hsiphash of four bytes, where a word has 64 bits, with a key
// of the same word twice (lib/siphash.c): SipHash-1-3, cut to its lower half.
func siphash13(v uint32, key uint64) uint32 {
	v0, v1, v2, v3 := key^0x736f6d6570736575, key^0x646f72616e646f6d, key^0x6c7967656e657261, key^0x7465646279746573
	round := func() {
		v0 += v1
		v1 = bits.RotateLeft64(v1, 13) ^ v0
		v0 = bits.RotateLeft64(v0, 32)
		v2 += v3
		v3 = bits.RotateLeft64(v3, 16) ^ v2
		v0 += v3
		v3 = bits.RotateLeft64(v3, 21) ^ v0
		v2 += v1
		v1 = bits.RotateLeft64(v1, 17) ^ v2
		v2 = bits.RotateLeft64(v2, 32)
	}
	b := 4<<56 | uint64(v)
	v3 ^= b
	round()
	v0 ^= b
	v2 ^= 0xff
	round()
	round()
	round()
	return uint32(v0 ^ v1 ^ v2 ^ v3)
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
