package realtime

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestTextsAreTheProgramsOwnCodeAlone(t *testing.T) {
	maps := `00400000-00401000 r--p 00000000 fd:00 17 /opt/my programs/holdfast
00401000-011ab000 r-xp 00001000 fd:00 17 /opt/my programs/holdfast
01e94000-01e9a000 rw-p 01a94000 fd:00 17 /opt/my programs/holdfast
7f0000000000-7f0000010000 r-xp 00000000 fd:00 18 /lib/libc.so.6
7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0 [vdso]
`
	got, err := textsOf(strings.NewReader(maps), "/opt/my programs/holdfast")
	if err != nil || !slices.Equal(got, []span{{0x401000, 0x11ab000}}) {
		t.Errorf("%x, %v", got, err)
	}
}

func TestDroppedTextRunsOn(t *testing.T) {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	defer maps.Close()
	if texts, err := textsOf(maps, exe); err != nil || len(texts) == 0 {
		t.Fatal("this program has no code:", texts, err)
	}
	if err := dropText(); err != nil {
		t.Error(err)
	}
}
