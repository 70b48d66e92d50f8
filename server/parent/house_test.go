package parent_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/test/lab"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "holdfast")
	if err == nil {
		binary = filepath.Join(dir, "holdfast")
		build := exec.Command("go", "build", "-tags", "nomsgpack sqlite_omit_load_extension osusergo netgo", "-o", binary, "holdfast/server")
		build.Stdout, build.Stderr = os.Stderr, os.Stderr
		err = errors.Join(os.Chmod(dir, 0o755), build.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build the program:", err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// The virtual address, and the times of a peer with the same priority.
var virtual = netip.MustParseAddr("192.0.2.100")

const (
	interval   = time.Second
	masterDown = 3*interval + (256-priority)*interval/256
	priority   = 150
)

func config(name string, prio int) string {
	return fmt.Sprintf(`global_defs {
    router_id %s
}
vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority %d
    advert_int 1
    virtual_ipaddress {
        192.0.2.100/32
    }
}
`, name, prio)
}

// house is a director alone on its wire.
type house struct {
	*testing.T
	lab      *lab.Lab
	node     *lab.Node
	wire     *lab.Wire
	run      string
	file     string
	began    time.Time
	stranger net.Listener // what a test put in the console's place
	heal     func()       // takes a faulty disk away
}

func newHouse(t *testing.T) *house {
	t.Helper()
	l := lab.New(t, lab.Options{Nodes: []string{"d1"}})
	h := &house{T: t, lab: l, node: l.Node("d1"), wire: l.Capture(), run: l.Dir + "/run", file: l.Dir + "/keepalived.conf", began: time.Now()}
	h.write(config("one", priority))
	return h
}

// master is a house whose director is the steady master.
func master(t *testing.T) (*house, *lab.Process) {
	t.Helper()
	h := newHouse(t)
	p := h.start("first")
	h.wire.Expect("the first advert", h.began, 10*time.Second, h.advert(priority))
	h.until("the address is there", func() bool { return h.node.Holds(virtual) })
	return h, p
}

func (h *house) write(text string) {
	h.Helper()
	if err := os.WriteFile(h.file, []byte(text), 0o644); err != nil {
		h.Fatal(err)
	}
}

// start starts a parent. Its words go to a log by this name.
func (h *house) start(name string) *lab.Process {
	h.Helper()
	return h.node.Start(name, lab.Setting{Env: []string{"TMPDIR=" + h.lab.Dir}}, binary, "run", "-f", h.file, "--run-dir", h.run, "--node", "d1")
}

func (h *house) advert(prio int) func(lab.Frame) bool { return lab.From(h.node.Addr, prio) }

func (h *house) client(role string) *control.Client {
	return control.Dial(filepath.Join(h.run, role+".sock"))
}

// role is the one process of a role.
func (h *house) role(name string) int {
	h.Helper()
	var pids []int
	h.until("one "+name+" process", func() bool {
		pids = h.node.Find(name)
		return len(pids) == 1
	})
	return pids[0]
}

func (h *house) kill(pid int) time.Time {
	h.Helper()
	at := time.Now()
	if err := unix.Kill(pid, unix.SIGKILL); err != nil {
		h.Fatal(err)
	}
	return at
}

// handOff asks the parent by the command, which returns when it has ended.
func (h *house) handOff() {
	h.Helper()
	if out, err := exec.Command(binary, "handoff", "--run-dir", h.run).CombinedOutput(); err != nil {
		h.Fatalf("handoff: %v\n%s", err, out)
	}
}

// until waits for a fact.
func (h *house) until(what string, is func() bool) {
	h.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			h.Fatalf("%s: not within 10 s", what)
		}
	}
}

// punctual fails if two adverts since an instant are further apart than limit.
func (h *house) punctual(since time.Time, limit time.Duration) {
	h.Helper()
	adverts := h.wire.Adverts(h.node.Addr, since)
	if len(adverts) < 2 {
		h.Fatalf("only %d adverts", len(adverts))
	}
	for i := 1; i < len(adverts); i++ {
		if gap := adverts[i].At.Sub(adverts[i-1].At); gap > limit {
			h.Errorf("advert %d came %s after the one before, %s after the beginning", i, gap, adverts[i].At.Sub(since))
		}
		if adverts[i].Priority == 0 {
			h.Errorf("advert %d resigns", i)
		}
	}
}

// journal is everything that a role told so far.
func (h *house) journal(role string) []journal.Entry {
	h.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	st, err := h.client(role).Status(ctx)
	if err != nil {
		h.Fatal(err)
	}
	var got []journal.Entry
	enough := errors.New("enough")
	if st.Seq == 0 {
		return nil
	}
	err = h.client(role).Journal(ctx, 0, func(e journal.Entry) error {
		if got = append(got, e); e.Seq >= st.Seq {
			return enough
		}
		return nil
	})
	if err != enough {
		h.Fatal(err)
	}
	return got
}

// whole fails unless the journal is numbered without a gap.
func (h *house) whole(entries []journal.Entry) {
	h.Helper()
	for i, e := range entries {
		if e.Seq != uint64(i+1) || e.Kind == journal.Lost {
			h.Fatalf("entry %d is %+v", i+1, e)
		}
	}
}

func count(entries []journal.Entry, kind journal.Kind) int {
	n := 0
	for _, e := range entries {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func says(p *lab.Process, words ...string) bool {
	out := p.Output()
	for _, w := range words {
		if !strings.Contains(out, w) {
			return false
		}
	}
	return true
}
