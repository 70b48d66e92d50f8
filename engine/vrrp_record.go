package engine

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/vrrp"
)

// vrrpSlotSize divides a page, so that a write of one slot is never torn by the
// end of the process.
const vrrpSlotSize = 256

const vrrpRecordVersion = 1

// The kinds of slots.
const (
	slotInstance = 1
	slotScript   = 2
)

// vrrpSlot is what the record keeps of one instance or script. Instants are
// CLOCK_BOOTTIME in nanoseconds, but for Since, which is wall-clock time.
type vrrpSlot struct {
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
}

// vrrpRecord is the file that a later process resumes from. It lies on tmpfs:
// a write is a copy in memory, and it is there after a kill.
type vrrpRecord struct {
	path string
	file *os.File
	boot [16]byte
}

func newVRRPRecord(runDir string) (*vrrpRecord, error) {
	path := filepath.Join(runDir, "vrrp.record")
	file, err := os.OpenFile(path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make record: %w", err)
	}
	return &vrrpRecord{path: path, file: file, boot: bootID()}, nil
}

// write puts a slot at its place.
func (r *vrrpRecord) write(place int, s vrrpSlot) error {
	s.Version, s.Boot, s.Sum = vrrpRecordVersion, r.boot, 0
	b := make([]byte, 0, vrrpSlotSize)
	b, err := binary.Append(b, binary.LittleEndian, &s)
	if err != nil {
		return err
	}
	s.Sum = crc32.ChecksumIEEE(b)
	if b, err = binary.Append(b[:0], binary.LittleEndian, &s); err != nil {
		return err
	}
	_, err = r.file.WriteAt(b[:vrrpSlotSize], int64(place)*vrrpSlotSize)
	return err
}

// publish makes the file the record that is found.
func (r *vrrpRecord) publish() error { return os.Rename(r.file.Name(), r.path) }

func (r *vrrpRecord) remove() error {
	if err := os.Remove(r.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (r *vrrpRecord) close() { r.file.Close() } // nothing is buffered

// readVRRPRecord gives the slots of an earlier run of this boot. A file that
// cannot be read is none: the role then starts anew.
func readVRRPRecord(runDir string) []vrrpSlot {
	text, err := os.ReadFile(filepath.Join(runDir, "vrrp.record"))
	if err != nil {
		return nil
	}
	var slots []vrrpSlot
	boot := bootID()
	for ; len(text) >= vrrpSlotSize; text = text[vrrpSlotSize:] {
		var s vrrpSlot
		n, err := binary.Decode(text[:vrrpSlotSize], binary.LittleEndian, &s)
		if err != nil || s.Version != vrrpRecordVersion || s.Boot != boot {
			continue
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

// bootID is the kernel's name for this boot; boot time means nothing across two.
func bootID() (id [16]byte) {
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return id
	}
	sum := sha256.Sum256(bytes.TrimSpace(text))
	copy(id[:], sum[:])
	return id
}

// bootClock turns instants into boot time and back: both clocks were read
// together. Boot time goes on in another process, time.Time does not.
type bootClock struct {
	wall time.Time
	boot int64
}

func readBootClock() bootClock {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		panic(fmt.Sprintf("read the boot clock: %v", err)) // every kernel we run on has it
	}
	return bootClock{time.Now(), ts.Nano()}
}

func (c bootClock) to(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return c.boot + int64(t.Sub(c.wall))
}

func (c bootClock) from(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return c.wall.Add(time.Duration(ns - c.boot))
}

// slotOf is what is kept of a router.
func slotOf(r *vrrpRouter, c bootClock) vrrpSlot {
	s := vrrpSlot{
		Kind: slotInstance, Role: uint8(r.state.Role), VRID: r.key.vrid,
		Priority: r.state.Priority, Held: r.state.HolderPriority,
		Since: r.state.Since.UnixNano(), Sent: c.to(r.sent), Due: c.to(r.state.Due),
		Group: four(r.key.group), Holder: four(r.state.Holder),
	}
	copy(s.Link[:], r.key.link)
	copy(s.Reason[:], r.state.Reason)
	return s
}

func four(ip netip.Addr) (b [4]byte) {
	if ip.Is4() {
		b = ip.As4()
	}
	return b
}

// key is the router the slot is about.
func (s vrrpSlot) key() vrrpKey {
	return vrrpKey{word(s.Link[:]), netip.AddrFrom4(s.Group), s.VRID}
}

// memory is the slot as the core wants it.
func (s vrrpSlot) memory(c bootClock) vrrp.Memory {
	m := vrrp.Memory{
		Role: vrrp.Role(s.Role), Reason: vrrp.Reason(word(s.Reason[:])), Since: time.Unix(0, s.Since),
		Sent: c.from(s.Sent), Due: c.from(s.Due), Priority: s.Priority, Held: s.Held,
	}
	if s.Holder != [4]byte{} {
		m.Holder = netip.AddrFrom4(s.Holder)
	}
	return m
}

func word(b []byte) string { return strings.TrimRight(string(b), "\x00") }

func scriptSlotName(name string) (b [16]byte) {
	sum := sha256.Sum256([]byte(name))
	copy(b[:], sum[:])
	return b
}
