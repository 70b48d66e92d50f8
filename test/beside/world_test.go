package beside

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/engine/plan"
	"holdfast/test/lab"
)

// watched is a host whose servers come and go, and which tells what happens to them.
type watched struct {
	*host
	dir     string
	servers map[int]net.Listener // by port, of 127.0.0.1

	mu  sync.Mutex
	got bytes.Buffer // guarded by mu: what came out of the FIFO
}

// worldText has a virtual server of each kind over the same two servers.
func worldText(dir string) string {
	note := func(words string) string { return fmt.Sprintf("%q", dir+"/note "+words) }
	server := func(name string, port int) string {
		return fmt.Sprintf("real_server 127.0.0.1 %d {\nnotify_up %s\nnotify_down %s\nTCP_CHECK {\nretry 0\nconnect_timeout 60\nwarmup 0\n}\n}\n", port, note(name+"/"+fmt.Sprint(port)+" up"), note(name+"/"+fmt.Sprint(port)+" down"))
	}
	virtual := func(head, name, more string) string {
		return "virtual_server " + head + " {\nprotocol TCP\nlvs_sched rr\ndelay_loop 1\nquorum_up " + note(name+" up") + "\nquorum_down " + note(name+" down") + "\n" + more + "\n" +
			server(name, 8080) + server(name, 8081) + "}\n"
	}
	return "global_defs {\nscript_user root\nlvs_notify_fifo " + dir + "/fifo\n}\nvirtual_server_group G {\n192.0.2.103 80\n}\n" +
		virtual("192.0.2.100 80", "address", "") + virtual("192.0.2.101 80", "sorry", "quorum 2\nsorry_server 192.0.2.99 80") +
		virtual("192.0.2.102 80", "inhibit", "inhibit_on_failure") + virtual("fwmark 7", "mark", "") + virtual("group G", "group", "alpha")
}

func newWatched(t *testing.T, p lab.Program) *watched {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"note": "#!/bin/sh\necho \"$@\" >>" + dir + "/notes\n", "notes": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(dir+"/fifo", 0o600); err != nil {
		t.Fatal(err)
	}
	fifo, err := os.OpenFile(dir+"/fifo", os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{dir: dir, servers: map[int]net.Listener{}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		b := make([]byte, 4096)
		for {
			n, err := fifo.Read(b)
			if err != nil {
				return
			}
			w.mu.Lock()
			w.got.Write(b[:n])
			w.mu.Unlock()
		}
	}()
	t.Cleanup(func() { fifo.Close(); <-done })
	w.host = prepare(t, p, worldText(dir), func(h *host) {
		w.host = h
		w.listen(8080)
		w.listen(8081)
	})
	return w
}

// listen has a server come, and leave has it go.
func (w *watched) listen(port int) {
	w.t.Helper()
	err := w.node.Do(func() error {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port))
		w.servers[port] = l
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *watched) leave(port int) { w.servers[port].Close() }

// said are the lines of the FIFO, and of the scripts, each object's in their order.
func (w *watched) said() []string {
	w.mu.Lock()
	lines := strings.Split(strings.ReplaceAll(w.got.String(), "\x00", ""), "\n")
	w.mu.Unlock()
	notes, err := os.ReadFile(w.dir + "/notes")
	if err != nil {
		w.t.Fatal(err)
	}
	lines = append(lines, strings.Split(string(notes), "\n")...)
	object := func(line string) string { return line[:max(0, strings.LastIndexByte(line, ' '))] }
	slices.SortStableFunc(lines, func(a, b string) int { return strings.Compare(object(a), object(b)) })
	return slices.DeleteFunc(lines, func(l string) bool { return l == "" })
}

// sized is size, and whether the sorry server is there.
func sized(s plan.State) string {
	for _, v := range s.Services {
		for _, d := range v.Destinations {
			if d.Addr.String() == "192.0.2.99" {
				return size(s) + ", the sorry server"
			}
		}
	}
	return size(s)
}

func TestGuestServersThatComeAndGoAreToldAsByKeepalived(t *testing.T) {
	t.Parallel()
	both := []*watched{newWatched(t, lab.Keepalived()), newWatched(t, lab.Holdfast())}
	for i, step := range []struct {
		name string
		do   func(*watched)
		size string // what keepalived has in the end
		line string // of a script that the step has run, and how often it has run then
		runs int
	}{
		{"both are there", func(*watched) {}, "5 services 10 destinations", "group/8080 up", 1},
		{"one goes", func(w *watched) { w.leave(8080) }, "5 services 6 destinations, the sorry server", "group/8080 down", 1},
		{"the other goes, too", func(w *watched) { w.leave(8081) }, "5 services 3 destinations, the sorry server", "group down", 1},
		{"one comes back", func(w *watched) { w.listen(8081) }, "5 services 6 destinations, the sorry server", "group up", 2},
		{"both are back", func(w *watched) { w.listen(8080) }, "5 services 10 destinations", "group/8080 up", 2},
	} {
		for _, w := range both {
			step.do(w)
		}
		var want, got plan.State
		for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if want, got = both[0].state(), both[1].state(); sized(want) == step.size && cmp.Equal(got, want, same) {
				break
			}
		}
		if sized(want) != step.size {
			t.Fatalf("%d, %s: keepalived has %s:\n%s", i, step.name, sized(want), words(want))
		}
		if d := cmp.Diff(want, got, same); d != "" {
			t.Fatalf("%d, %s: the kernel has otherwise (+) than with keepalived (-):\n%s", i, step.name, d)
		}
		// A script of this step that still starts would run beside those of the next one.
		ran := func(lines []string) bool {
			return len(lines)-len(slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l == step.line })) >= step.runs
		}
		var theirs, ours []string
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if theirs, ours = both[0].said(), both[1].said(); slices.Equal(theirs, ours) && ran(ours) {
				break
			}
		}
		if d := cmp.Diff(theirs, ours); d != "" {
			t.Fatalf("%d, %s: it is told otherwise (+) than by keepalived (-):\n%s", i, step.name, d)
		}
	}
}

// What somebody else has put beside our services, and which timeouts there are: while
// the programs run, and when they have ended.
func TestGuestWhatIsLeftAtTheEndIsWhatKeepalivedLeaves(t *testing.T) {
	for _, word := range []string{"", "lvs_flush_on_stop", "lvs_flush_on_stop VS"} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			text := "global_defs {\n" + word + "\nlvs_timeouts tcp 100 udp 200\n}\nvirtual_server 192.0.2.100 80 {\nprotocol TCP\nlvs_sched rr\nreal_server 192.0.2.33 80 {\n}\n}\n"
			var left []string
			for _, p := range []lab.Program{lab.Keepalived(), lab.Holdfast()} {
				h := newHost(t, p, text)
				reached(t, h, func(s plan.State) bool { return size(s) == "1 services 1 destinations" })
				running := h.timeouts(plan.Timeouts{TCP: 100, FIN: 120, UDP: 200})
				other := plan.ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.200"), Port: 80}
				h.put(plan.Plan{{Verb: plan.AddService, Service: plan.Service{Key: other, Scheduler: "rr"}},
					{Verb: plan.AddDestination, Service: plan.Service{Key: other}, Destination: plan.Destination{Addr: netip.MustParseAddr("192.0.2.77"), Port: 80, Weight: 1}}})
				h.Stop()
				left = append(left, fmt.Sprintf("%+v, then %s, %+v", running, words(h.state()), h.timeouts(plan.Timeouts{TCP: 900, FIN: 120, UDP: 300})))
			}
			if left[0] != left[1] {
				t.Errorf("keepalived leaves\n%s\nholdfast\n%s", left[0], left[1])
			}
		})
	}
}

// timeouts are those of the kernel: what is awaited, or what is there instead.
func (h *host) timeouts(want plan.Timeouts) (got plan.Timeouts) {
	h.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var err error
		if got, err = h.door.Timeouts(); err != nil {
			h.t.Fatal(err)
		}
		if got == want {
			break
		}
	}
	return got
}

// put is what somebody else does to the table.
func (h *host) put(p plan.Plan) {
	h.t.Helper()
	if _, err := h.door.Apply(h.t.Context(), p); err != nil {
		h.t.Fatal(err)
	}
}
