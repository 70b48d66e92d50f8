package facts

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestNamesOfTablesAreThoseOfIproute2(t *testing.T) {
	dir, base := t.TempDir(), t.TempDir()
	err := errors.Join(
		os.Mkdir(filepath.Join(dir, "rt_tables.d"), 0o755),
		os.WriteFile(filepath.Join(dir, "rt_tables"), []byte("# names\n100\tvpn\n0x65 hex\nnonsense\n"), 0o644),
		os.WriteFile(filepath.Join(dir, "rt_tables.d", "a.conf"), []byte("200 more # of it\n"), 0o644),
		os.WriteFile(filepath.Join(base, "rt_tables"), []byte("300 vpn\n301 packaged\n"), 0o644),
		os.WriteFile(filepath.Join(base, "protocols"), []byte("tcp 6 TCP\nl2tp\t115\tL2TP\n"), 0o644))
	if err != nil {
		t.Fatal(err)
	}
	number := numbers([]string{dir, base}, filepath.Join(base, "protocols"))
	for _, want := range []struct {
		kind, name string
		number     uint32
		known      bool
	}{
		{"table", "vpn", 100, true}, {"table", "hex", 0x65, true}, {"table", "more", 200, true}, {"table", "packaged", 301, true},
		{"table", "absent", 0, false}, {"protocol", "vpn", 0, false}, {"ipproto", "l2tp", 115, true},
	} {
		if n, known := number(want.kind, want.name); n != want.number || known != want.known {
			t.Errorf("%s %s: %d, %v", want.kind, want.name, n, known)
		}
	}
}
