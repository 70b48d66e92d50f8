package vrrprole

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestTheRoleWritesItsFIFOsAndRunsTheirReaders(t *testing.T) {
	_, c := wordOf(t, "script_user nobody\nnotify_fifo /run/all daemon\nnotify_fifo_script /bin/all\n"+
		"vrrp_notify_fifo /run/vrrp\nvrrp_notify_fifo_script \"/bin/vrrp word\"\nlvs_notify_fifo /run/lvs", "")
	want := "[{/run/vrrp   {[/bin/vrrp word] [] nobody  0s false 0}} {/run/all daemon  {[/bin/all] [] nobody  0s false 0}}]"
	if got := fmt.Sprint(pipesOf(c.Global)); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// What keepalived writes for the same text is in the interoperation tests.
func TestStatesAndPrioritiesAreWrittenIntoTheFIFO(t *testing.T) {
	l := newLab(t)
	a := l.nodes["a"]
	path, number := filepath.Join(a.dir, "pipe"), filepath.Join(a.dir, "number")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	// One pipe under two words is written once; the word of the group is before the global one.
	a.start("global_defs {\nnotify_fifo " + path + "\nvrrp_notify_fifo " + path + "\nvrrp_notify_priority_changes no\n}\n" +
		"track_file F {\nfile " + number + "\ninit_file 0\n}\n" +
		"vrrp_sync_group G {\nsync_group_tracking_weight\nnotify_priority_changes\ngroup {\nVI_1\n}\n}\n" + conf("MASTER", 100, "track_file {\nF\n}"))
	a.becomes("MASTER", 15*time.Second)
	if err := os.WriteFile(number, []byte("5"), 0o644); err != nil {
		t.Fatal(err)
	}
	want := "GROUP \"G\" BACKUP 0\nINSTANCE \"VI_1\" BACKUP 100\nINSTANCE \"VI_1\" MASTER 100\nGROUP \"G\" MASTER 0\nINSTANCE \"VI_1\" MASTER_PRIORITY 105\n"
	text, buf := "", make([]byte, 4096)
	for end := time.Now().Add(30 * time.Second); text != want && time.Now().Before(end); time.Sleep(time.Millisecond) {
		if n, _ := unix.Read(fd, buf); n > 0 {
			text += string(buf[:n])
		}
	}
	if text != want {
		t.Fatalf("%q, want %q", text, want)
	}
	a.signal(syscall.SIGTERM)
	n, _ := unix.Read(fd, buf)
	rest := buf[:max(n, 0)]
	if want := "INSTANCE \"VI_1\" STOP 105\nGROUP \"G\" STOP 0\n"; string(rest) != want {
		t.Errorf("%q, want %q", rest, want)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}
