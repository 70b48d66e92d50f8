package journal

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestLineThatDidNotFitOnTheDiskSpoilsNoLaterOne(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=8k"); err != nil {
		t.Fatal(err)
	}
	defer unix.Unmount(dir, 0)
	s, _, err := openSegments(filepath.Join(dir, "vrrp.journal"), segmentLimit, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	entry := func(seq uint64, long int) Entry {
		return Entry{Seq: seq, Kind: Notice, Facts: map[string]string{"reason": strings.Repeat("x", long)}}
	}
	if err := s.append(entry(1, 5000)); err != nil {
		t.Fatal(err)
	}
	if err := s.append(entry(2, 5000)); err == nil {
		t.Fatal("it fit")
	}
	if err := s.append(entry(3, 10)); err != nil {
		t.Fatal(err)
	}
	var got []uint64
	if err := s.read(func(e Entry) { got = append(got, e.Seq) }); err != nil || len(got) != 2 || got[1] != 3 {
		t.Fatal(got, err)
	}
}
