package vrrprole

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"holdfast/engine/atomicfile"
	"holdfast/engine/state"
	"holdfast/engine/vrrp"
)

// slotSize divides a page, so that a write of one slot is never torn by the
// end of the process.
const slotSize = 256

// recordVersion is that of what is written. Of earlier ones what there is is read: an
// upgrade takes no address from its master. Version 1 knew no peers, 2 no sequence, 3 no
// stamp.
const (
	recordVersion  = 4
	recordVersion1 = 1
)

// recordLengths are those of the slots of earlier versions.
var recordLengths = map[uint8]int{recordVersion1: 128, 2: 184, 3: 192}

// The kinds of slots.
const (
	slotInstance = 1
	slotScript   = 2
)

// recordSlot is what the record keeps of one instance or script. Instants are
// CLOCK_BOOTTIME in nanoseconds, but for Since, which is wall-clock time.
type recordSlot struct {
	Version  uint8
	Kind     uint8
	Role     uint8
	VRID     uint8
	Priority uint8
	Held     uint8
	Known    uint8
	_        uint8
	Count    int32
	Sum      uint32 // CRC-32 of the slot with Sum 0
	Since    int64
	Sent     int64
	Due      int64
	Group    [4]byte
	Holder   [4]byte
	Boot     [16]byte
	Link     [16]byte
	Name     [16]byte // of a script: the start of its hash
	Reason   [32]byte

	// Since version 2; Group and Holder tell of IPv4 only, as in version 1.
	Group6   [16]byte
	Holder6  [16]byte
	Instance [16]byte // the start of the hash of the name in its key
	Interval int64    // of the master, in nanoseconds

	Sequence uint32 // since version 3: of authentication headers
	_        uint32

	Stamp uint64 // since version 4: of the last advert that was signed
}

// record is the file that a later process resumes from. It lies on tmpfs: a write is
// a copy in memory, and it is there after a kill. Nothing is kept before renew.
type record struct {
	dir    string
	boot   [16]byte
	file   *os.File
	failed func(error) // a slot could not be written
}

func newRecord(runDir string, failed func(error)) *record {
	return &record{dir: runDir, boot: bootMark(), failed: failed}
}

func (r *record) path() string { return filepath.Join(r.dir, "vrrp.record") }

// rewrite gives every router and script its place in a new record and makes that
// the one which is found.
func (r *record) rewrite(teams []*team, list []*trackScript) error {
	if err := r.renew(); err != nil {
		return err
	}
	place := 0
	for _, t := range teams {
		for _, one := range t.routers {
			one.slot = place
			place++
			r.save(one)
		}
	}
	for _, one := range list {
		one.slot = place
		place++
		r.saveScript(one)
	}
	return r.publish()
}

// save keeps a router's state for a later process.
func (r *record) save(one *router) { r.keep(one.slot, slotOf(one, state.ReadBootClock())) }

// saveScript keeps a script's verdict for a later process.
func (r *record) saveScript(one *trackScript) {
	r.keep(one.slot, slotOfScript(one.cfg.Name, one.verdict))
}

// keep puts a slot at its place, or tells that a later process will not find it.
func (r *record) keep(place int, s recordSlot) {
	if err := r.write(place, s); err != nil {
		r.failed(err)
	}
}

// renew begins a file of its own, which publish will put in the old one's place.
func (r *record) renew() error {
	file, err := os.OpenFile(r.path()+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("make record: %w", err)
	}
	r.close()
	r.file = file
	return nil
}

// write puts a slot at its place. A negative place is none.
func (r *record) write(place int, s recordSlot) error {
	if r.file == nil || place < 0 {
		return nil
	}
	s.Version, s.Boot, s.Sum = recordVersion, r.boot, 0
	var b [slotSize]byte
	n, err := binary.Encode(b[:], binary.LittleEndian, &s)
	if err != nil {
		return err
	}
	s.Sum = crc32.ChecksumIEEE(b[:n])
	if _, err = binary.Encode(b[:], binary.LittleEndian, &s); err != nil {
		return err
	}
	_, err = r.file.WriteAt(b[:], int64(place)*slotSize)
	return err
}

// publish makes the file the record that is found.
func (r *record) publish() error { return os.Rename(r.file.Name(), r.path()) }

func (r *record) remove() error { return atomicfile.Remove(r.path()) }

func (r *record) close() {
	if r.file != nil {
		r.file.Close() // nothing is buffered
	}
}

// readRecord gives the slots of an earlier run of this boot. A file that
// cannot be read is none: the role then starts anew.
func readRecord(runDir string) []recordSlot {
	text, err := os.ReadFile(filepath.Join(runDir, "vrrp.record"))
	if err != nil {
		return nil
	}
	var slots []recordSlot
	boot := bootMark()
	for ; len(text) >= slotSize; text = text[slotSize:] {
		var s recordSlot
		n, err := binary.Decode(text[:slotSize], binary.LittleEndian, &s)
		if err != nil || s.Version != recordVersion && recordLengths[s.Version] == 0 || s.Boot != boot {
			continue
		}
		if length := recordLengths[s.Version]; length > 0 {
			n = length
		}
		sum := s.Sum
		s.Sum = 0
		b, err := binary.Append(nil, binary.LittleEndian, &s)
		if err != nil || crc32.ChecksumIEEE(b[:n]) != sum {
			continue
		}
		s.Sum = sum
		slots = append(slots, s)
	}
	return slots
}

// Recorded says whether a record of this boot lies in runDir: a role that starts resumes
// what it names.
func Recorded(runDir string) bool { return len(readRecord(runDir)) > 0 }

// bootMark is the boot of the kernel in the width of a slot; zero where the kernel
// does not name it.
func bootMark() (mark [16]byte) {
	if boot := state.Boot(); boot != "" {
		sum := sha256.Sum256([]byte(boot))
		copy(mark[:], sum[:])
	}
	return mark
}

// slotOf is what is kept of a router.
func slotOf(r *router, c state.BootClock) recordSlot {
	s := recordSlot{
		Kind: slotInstance, VRID: r.key.vrid, Group: four(r.key.group),
		Role: uint8(r.state.Role), Priority: r.state.Priority,
		Holder: four(r.state.Holder), Held: r.state.HolderPriority,
		Group6: sixteen(r.key.group), Holder6: sixteen(r.state.Holder),
		Interval: int64(r.state.Interval), Sequence: r.sequence, Stamp: uint64(r.stamp),
	}
	if r.key.name != "" {
		s.Instance = slotName(r.key.name)
	}
	copy(s.Link[:], r.key.link)
	copy(s.Reason[:], r.state.Reason)
	s.Since, s.Sent, s.Due = r.state.Since.UnixNano(), c.To(r.sent), c.To(r.state.Due)
	return s
}

// slotOfScript is what is kept of a script.
func slotOfScript(name string, v vrrp.Verdict) recordSlot {
	s := recordSlot{Kind: slotScript, Count: int32(v.Count), Name: slotName(name)}
	if v.Known {
		s.Known = 1
	}
	return s
}

func four(ip netip.Addr) (b [4]byte) {
	if ip.Is4() {
		b = ip.As4()
	}
	return b
}

// sixteen is an address in the width of a slot; zeros are none.
func sixteen(ip netip.Addr) (b [16]byte) {
	if ip.IsValid() {
		b = ip.As16()
	}
	return b
}

// address is the inverse of sixteen. The unspecified address of IPv6 has zeros, too:
// where it may stand the slot tells by other means.
func address(b [16]byte) netip.Addr {
	if b == [16]byte{} {
		return netip.Addr{}
	}
	return netip.AddrFrom16(b).Unmap()
}

// slotKey is a router as a slot knows it: of the name in its key it has the hash.
type slotKey struct {
	routerKey
	name [16]byte
}

// slotKey is the key by which a slot is found.
func (k routerKey) slotKey() slotKey {
	k.under = "" // a slot tells the link alone
	s := slotKey{routerKey: k}
	if k.name != "" {
		s.name, s.routerKey.name = slotName(k.name), ""
	}
	return s
}

// key is the router the slot is about.
func (s recordSlot) key() slotKey {
	key := slotKey{routerKey{link: word(s.Link[:]), vrid: s.VRID}, s.Instance}
	if s.Version == recordVersion1 {
		key.group = netip.AddrFrom4(s.Group)
		return key
	}
	if key.group = address(s.Group6); !key.group.IsValid() {
		key.group = netip.IPv6Unspecified()
	}
	return key
}

// memory is the slot as the core wants it.
func (s recordSlot) memory(c state.BootClock) vrrp.SavedState {
	m := vrrp.SavedState{
		Role: vrrp.Role(s.Role), Reason: vrrp.Reason(word(s.Reason[:])), Since: time.Unix(0, s.Since),
		Sent: c.From(s.Sent), Due: c.From(s.Due), Priority: s.Priority, Held: s.Held,
		Interval: time.Duration(s.Interval), Holder: address(s.Holder6),
	}
	if s.Version == recordVersion1 && s.Holder != [4]byte{} {
		m.Holder = netip.AddrFrom4(s.Holder)
	}
	return m
}

func word(b []byte) string { return strings.TrimRight(string(b), "\x00") }

// slotName is a name in the width of a slot: the start of its hash.
func slotName(name string) (b [16]byte) {
	sum := sha256.Sum256([]byte(name))
	copy(b[:], sum[:])
	return b
}
