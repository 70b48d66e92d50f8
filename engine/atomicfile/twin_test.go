package atomicfile

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"
)

// disks are both worlds, each with a directory.
func disks(t *testing.T) map[string]struct {
	Disk
	dir string
} {
	return map[string]struct {
		Disk
		dir string
	}{"real": {Real{}, t.TempDir()}, "twin": {&Twin{}, "/state"}}
}

func TestBothDisksReplaceAndDelete(t *testing.T) {
	for name, d := range disks(t) {
		path := filepath.Join(d.dir, "x")
		if err := Delete(d, path); err != nil {
			t.Error(name, "deletes what is not there:", err)
		}
		for _, text := range []string{"one", "two"} {
			if err := Replace(d, path, []byte(text)); err != nil {
				t.Error(name, err)
			}
			if got, err := d.Read(path); string(got) != text || err != nil {
				t.Error(name, string(got), err)
			}
		}
		if err := Delete(d, path); err != nil {
			t.Error(name, err)
		}
		if _, err := d.Read(path); !errors.Is(err, fs.ErrNotExist) {
			t.Error(name, "is still there:", err)
		}
	}
}

func TestWhatIsNotSyncedIsForgotten(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(Disk) error
		want string // "" is: no file
	}{
		"written":               {func(d Disk) error { return d.Write("/d/new", []byte("x")) }, ""},
		"named, bytes not":      {func(d Disk) error { return errors.Join(d.Write("/d/new", []byte("x")), d.SyncDir("/d")) }, "(empty)"},
		"bytes, name not":       {func(d Disk) error { return errors.Join(d.Write("/d/new", []byte("x")), d.Sync("/d/new")) }, ""},
		"renamed":               {func(d Disk) error { return d.Rename("/d/old", "/d/new") }, ""},
		"renamed and synced":    {func(d Disk) error { return errors.Join(d.Rename("/d/old", "/d/new"), d.SyncDir("/d")) }, "old"},
		"another folder synced": {func(d Disk) error { return errors.Join(d.Rename("/d/old", "/d/new"), d.SyncDir("/")) }, ""},
	} {
		d := &Twin{}
		if err := Replace(d, "/d/old", []byte("old")); err != nil {
			t.Fatal(err)
		}
		if err := c.do(d); err != nil {
			t.Error(name, err)
		}
		got, err := d.Reboot(false).Read("/d/new")
		if found := err == nil; found != (c.want != "") || found && string(got) != c.want && len(got)+len(c.want) != len("(empty)") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestNothingWorksWhenThePowerIsCut(t *testing.T) {
	d := &Twin{}
	d.CutAfter(2)
	if err := Replace(d, "/d/x", []byte("x")); !errors.Is(err, ErrPower) || d.Count() != 3 || !d.Cut() {
		t.Fatal(err, d.Count())
	}
	if _, err := d.Read("/d/x"); !errors.Is(err, ErrPower) {
		t.Error(err)
	}
}
