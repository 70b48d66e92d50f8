package parent

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// place makes a directory that everybody may reach.
func place(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hf")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func owner(t *testing.T, path string) uint32 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Uid
}

func TestClosedDirectoryOnTheWayIsABarrier(t *testing.T) {
	dir := place(t)
	inner := filepath.Join(dir, "closed", "data")
	if err := os.MkdirAll(inner, 0o700); err != nil {
		t.Fatal(err)
	}
	if at := barrier(inner, private, private); at != filepath.Dir(inner) {
		t.Errorf("barrier at %q", at)
	}
	if at := barrier(filepath.Join(dir, "data"), private, private); at != "" {
		t.Errorf("barrier at %q", at)
	}
	if err := os.Chown(filepath.Dir(inner), private, 0); err != nil {
		t.Fatal(err)
	}
	if at := barrier(inner, private, private); at != "" {
		t.Errorf("its own directory is a barrier: %q", at)
	}
}

func TestConsoleRunsAsTheOwnerOfItsData(t *testing.T) {
	dir := filepath.Join(place(t), "data")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Chown(dir, 12345, 12346)); err != nil {
		t.Fatal(err)
	}
	if id, reason := WebIdentity(dir); reason != "" || id != (Identity{12345, 12346, true}) && id.UID != accountOf(t) {
		t.Fatal(id, reason)
	}
}

// accountOf is the user holdfast's number, 0 if there is none.
func accountOf(t *testing.T) uint32 {
	t.Helper()
	uid, _ := webUser("/")
	if uid == private {
		return 0
	}
	return uid
}

func TestDatabaseIsGivenToItsProcessAndNothingElse(t *testing.T) {
	dir := filepath.Join(place(t), "data")
	if err := errors.Join(os.MkdirAll(dir+"/other", 0o700), os.WriteFile(dir+"/config.db", nil, 0o600), os.WriteFile(dir+"/notes", nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := (Identity{UID: 12345, GID: 12345}).Own(dir); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]uint32{dir: 12345, dir + "/config.db": 12345, dir + "/notes": 0, dir + "/other": 0} {
		if got := owner(t, path); got != want {
			t.Errorf("%s belongs to %d", path, got)
		}
	}
}

func TestForeignDirectoryIsLeftAlone(t *testing.T) {
	dir := place(t)
	if err := os.WriteFile(dir+"/precious", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := (Identity{UID: 12345, GID: 12345}).Own(dir)
	if err == nil || !strings.Contains(err.Error(), "something else") || owner(t, dir) != 0 {
		t.Fatal(err, owner(t, dir))
	}
}

func TestSecondLockNamesTheFirstHolder(t *testing.T) {
	dir := t.TempDir()
	first, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Lock(dir)
	var running RunningError
	if !errors.As(err, &running) || running.PID != os.Getpid() || running.Dir != dir {
		t.Fatal(err)
	}
	first.Close()
	again, err := Lock(dir)
	if err != nil {
		t.Fatal("the lock outlived its file:", err)
	}
	again.Close()
}

func TestAReaderIsNotSparedWhenMemoryIsShort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "oom_score_adj")
	for was, want := range map[string]string{"-900\n": "0", "300\n": "300\n", "0\n": "0\n"} {
		if err := os.WriteFile(path, []byte(was), 0o600); err != nil {
			t.Fatal(err)
		}
		unspare(path)
		if got, err := os.ReadFile(path); string(got[:len(want)]) != want || err != nil {
			t.Errorf("%q became %q, %v", was, got, err)
		}
	}
}
