package interop

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/test/lab"
)

// pipeOf reads all lines of a FIFO that the test made or that a program makes.
type pipeOf struct {
	*testing.T
	file *os.File
	text string
}

// heard waits until the lines so far are these. The order of those from from to to does
// not count: the take-overs, for which instances have timers of their own.
func (p *pipeOf) heard(from, to int, want ...string) {
	p.Helper()
	want = slices.Clone(want)
	slices.Sort(want[from:to])
	buf := make([]byte, 4096)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if n, _ := unix.Read(int(p.file.Fd()), buf); n > 0 {
			p.text += string(buf[:n])
		}
		if got := strings.Split(strings.TrimSuffix(p.text, "\n"), "\n"); len(got) == len(want) {
			slices.Sort(got[from:to])
			if slices.Equal(got, want) {
				return
			}
		}
		if time.Now().After(end) {
			p.Fatalf("the FIFO says\n%s\nwant\n%s", p.text, strings.Join(want, "\n"))
		}
	}
}

// The same text and the same faults write the same lines into both FIFOs.
func TestFIFOsSayWhatKeepalivedsSay(t *testing.T) {
	t.Parallel()
	for _, program := range []lab.Program{keepalived(), lab.Holdfast()} {
		t.Run(program.Name, func(t *testing.T) {
			t.Parallel()
			l := lab.New(t, lab.Options{Nodes: []string{"d1"}})
			n := l.Node("d1")
			number := l.Dir + "/number"
			paths := []string{l.Dir + "/all", l.Dir + "/vrrp"}
			var pipes []*pipeOf
			for _, path := range paths {
				if err := unix.Mkfifo(path, 0o600); err != nil {
					t.Fatal(err)
				}
				fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK, 0)
				if err != nil {
					t.Fatal(err)
				}
				pipes = append(pipes, &pipeOf{T: t, file: os.NewFile(uintptr(fd), path)})
			}
			var said []string
			hear := func(lines ...string) {
				t.Helper()
				said = append(said, lines...)
				for _, p := range pipes {
					p.heard(4, 8, said...)
				}
			}
			other := func(name, id, address, text string) string {
				return strings.NewReplacer("VI_1", name, "router_id 51", "router_id "+id, "192.0.2.100", address).Replace(text)
			}
			text := other("VI_0", "50", "192.0.2.99", quick(100, "", "")) + quick(100, fmt.Sprintf("global_defs {\nnotify_fifo %s\nvrrp_notify_fifo %s\nfifo_write_vrrp_states_on_reload\n}\ntrack_file F {\nfile %s\ninit_file 0\n}\nvrrp_sync_group G {\ngroup {\nVI_1\n}\n}",
				paths[0], paths[1], number), "") +
				other("VI_2", "52", "192.0.2.101", quick(100, "", "notify_priority_changes\ntrack_file {\nF\n}"))
			d := n.Direct(program, text)
			hear(`GROUP "G" BACKUP 0`, `INSTANCE "VI_0" BACKUP 100`, `INSTANCE "VI_1" BACKUP 100`, `INSTANCE "VI_2" BACKUP 100`,
				`INSTANCE "VI_1" MASTER 100`, `GROUP "G" MASTER 0`, `INSTANCE "VI_2" MASTER 100`, `INSTANCE "VI_0" MASTER 100`)
			if err := os.WriteFile(number, []byte("5"), 0o644); err != nil {
				t.Fatal(err)
			}
			hear(`INSTANCE "VI_2" MASTER_PRIORITY 105`)
			if err := os.WriteFile(number, []byte("-150"), 0o644); err != nil {
				t.Fatal(err)
			}
			hear(`INSTANCE "VI_2" MASTER_PRIORITY 1`)
			if err := os.WriteFile(number, []byte("0"), 0o644); err != nil {
				t.Fatal(err)
			}
			hear(`INSTANCE "VI_2" MASTER_PRIORITY 100`)
			d.Signal(syscall.SIGHUP)
			hear(`GROUP "G" MASTER 0`)
			d.Signal(syscall.SIGTERM)
			hear(`INSTANCE "VI_0" STOP 100`, `INSTANCE "VI_1" STOP 100`, `INSTANCE "VI_2" STOP 100`, `GROUP "G" STOP 0`)
		})
	}
}
