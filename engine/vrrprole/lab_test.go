package vrrprole

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/state"
	"holdfast/engine/vrrp"
)

// lab is two nodes, a and b, each a namespace, joined by a bridge in a third.
type lab struct {
	t     *testing.T
	name  string
	nodes map[string]*labNode

	mu    sync.Mutex // guards heard
	heard []kernel.Packet
}

// labNode is a process that serves the vrrp role in a namespace of the lab.
type labNode struct {
	lab *lab
	ns  string
	dir string
	cmd *exec.Cmd
	log labLog
}

// labLog is what the processes of a node wrote, one after the other.
type labLog struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *labLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *labLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

var labCount atomic.Int32

func newLab(t *testing.T) *lab {
	if os.Geteuid() != 0 {
		t.Fatal("network namespaces need root")
	}
	t.Parallel()
	l := &lab{t: t, name: fmt.Sprintf("hfv%d-%d", os.Getpid(), labCount.Add(1)), nodes: map[string]*labNode{}}
	sw := l.namespace("sw")
	l.ip("-n", sw, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0")
	l.ip("-n", sw, "link", "set", "br0", "up")
	for i, name := range []string{"a", "b"} {
		ns := l.namespace(name)
		l.ip("-n", ns, "link", "set", "lo", "up")
		l.ip("-n", ns, "link", "add", "eth0", "type", "veth", "peer", "name", name+"0", "netns", sw)
		l.ip("-n", sw, "link", "set", name+"0", "master", "br0", "up")
		l.ip("-n", ns, "link", "set", "eth0", "up")
		l.ip("-n", ns, "address", "add", fmt.Sprintf("192.0.2.%d/24", i+1), "dev", "eth0")
		l.nodes[name] = &labNode{lab: l, ns: ns, dir: t.TempDir()}
	}
	l.listen(sw)
	return l
}

func (l *lab) namespace(suffix string) string {
	ns := l.name + suffix
	l.ip("netns", "add", ns)
	l.t.Cleanup(func() { exec.Command("ip", "netns", "del", ns).Run() })
	return ns
}

func (l *lab) ip(args ...string) {
	l.t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		l.t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// listen hears every advert on the bridge.
func (l *lab) listen(ns string) {
	opened := make(chan *kernel.VRRP)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends in its namespace
		defer close(opened)
		f, err := os.Open("/run/netns/" + ns)
		if err != nil {
			l.t.Error(err)
			return
		}
		defer f.Close()
		if err := unix.Setns(int(f.Fd()), unix.CLONE_NEWNET); err != nil {
			l.t.Error(err)
			return
		}
		v, err := kernel.OpenVRRP("br0", netip.MustParseAddr("224.0.0.18"))
		if err != nil {
			l.t.Error(err)
			return
		}
		opened <- v
	}()
	v := <-opened
	if v == nil {
		l.t.FailNow()
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		v.Receive(func(p kernel.Packet) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.heard = append(l.heard, p)
		})
	}()
	l.t.Cleanup(func() { v.Close(); <-done })
}

// adverts gives what was heard since from: sender, priority and instant.
func (l *lab) adverts(from time.Time) []kernel.Packet {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []kernel.Packet
	for _, p := range l.heard {
		if !p.At.Before(from) {
			list = append(list, p)
		}
	}
	return list
}

// first waits for the first advert of a node since from.
func (l *lab) first(node string, from time.Time, limit time.Duration) time.Time {
	l.t.Helper()
	src := map[string]string{"a": "192.0.2.1", "b": "192.0.2.2"}[node]
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		for _, p := range l.adverts(from) {
			if p.Src.String() == src && p.Payload[2] != 0 {
				return p.At
			}
		}
	}
	l.t.Fatalf("no advert of %s within %v\n%s", node, limit, l.nodes[node].log.String())
	return time.Time{}
}

// conf is a configuration of one instance with the address 192.0.2.100.
func conf(state string, priority int, more ...string) string {
	return fmt.Sprintf(`vrrp_instance VI_1 {
    state %s
    interface eth0
    virtual_router_id 51
    priority %d
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass 64e06f86
    }
    virtual_ipaddress {
        192.0.2.100/32
    }
    %s
}
`, state, priority, strings.Join(more, "\n"))
}

// start runs the node's process with a text.
func (n *labNode) start(text string) {
	n.lab.t.Helper()
	if err := (state.AppliedIn(n.dir, "vrrp")).Save(text); err != nil {
		n.lab.t.Fatal(err)
	}
	n.again()
}

// again starts the node's process with what it has.
func (n *labNode) again() {
	n.lab.t.Helper()
	n.cmd = exec.Command("ip", "netns", "exec", n.ns, os.Args[0], "-test.run", "^TestServeOneLabNode$")
	n.cmd.Env = append(os.Environ(), "HOLDFAST_LAB_NODE="+n.dir)
	n.cmd.Stdout, n.cmd.Stderr = &n.log, &n.log
	if err := startRealTime(n.cmd); err != nil {
		n.lab.t.Fatal(err)
	}
	cmd := n.cmd
	n.lab.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
}

// startRealTime starts a process as the parent starts the vrrp role: under
// SCHED_RR where that is allowed. Its timers are what these tests measure.
func startRealTime(cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	policy := func(p, priority uint32) error {
		return unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: p, Priority: priority}, 0)
	}
	if policy(unix.SCHED_RR, 1) != nil {
		return cmd.Start()
	}
	return errors.Join(cmd.Start(), policy(unix.SCHED_NORMAL, 0))
}

// TestServeOneLabNode is the process of a labNode; by itself it has nothing to
// prove.
func TestServeOneLabNode(t *testing.T) {
	dir := os.Getenv("HOLDFAST_LAB_NODE")
	if dir == "" {
		return
	}
	stop := make(chan control.StopMode, 1)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	go func() {
		<-signals
		stop <- control.Release
	}()
	err := engine.Serve(context.Background(), New(Options{}), engine.Options{
		Node: "node", StateDir: dir, RunDir: dir, Version: "test", Stop: stop,
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		t.Error(err)
	}
}

func (n *labNode) signal(s syscall.Signal) {
	n.lab.t.Helper()
	if err := n.cmd.Process.Signal(s); err != nil {
		n.lab.t.Fatal(err)
	}
	n.cmd.Wait()
}

// kill is a crash.
func (n *labNode) kill() { n.signal(syscall.SIGKILL) }

func (n *labNode) status() control.InstanceStatus {
	n.lab.t.Helper()
	s, err := control.Dial(filepath.Join(n.dir, "vrrp.sock")).Status(context.Background())
	if err != nil || len(s.Instances) != 1 {
		n.lab.t.Fatalf("status: %v\n%s", err, n.log.String())
	}
	return s.Instances[0]
}

// holds says whether the kernel of the node has the address.
func (n *labNode) holds() bool {
	n.lab.t.Helper()
	out, err := exec.Command("ip", "-n", n.ns, "-br", "address", "show", "dev", "eth0").Output()
	if err != nil {
		n.lab.t.Fatal(err)
	}
	return strings.Contains(string(out), "192.0.2.100/32")
}

// has waits until the address is on the node, or is not.
func (n *labNode) has(want bool) {
	n.lab.t.Helper()
	for end := time.Now().Add(15 * time.Second); n.holds() != want; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			n.lab.t.Fatalf("the address is there: %v, want %v\n%s", !want, want, n.log.String())
		}
	}
}

// becomes waits until the node is in a state.
func (n *labNode) becomes(state string, limit time.Duration) {
	n.lab.t.Helper()
	client := control.Dial(filepath.Join(n.dir, "vrrp.sock"))
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		s, err := client.Status(context.Background())
		if err == nil && len(s.Instances) == 1 && s.Instances[0].State == state {
			return
		}
	}
	n.lab.t.Fatalf("not %s within %v\n%s", state, limit, n.log.String())
}

// tolerance is what a busy machine may add to a timer in these tests.
const tolerance = 250 * time.Millisecond

// within checks an instant against the theory.
func within(t *testing.T, what string, got, want time.Duration) {
	t.Helper()
	t.Logf("%s after %v (theory %v)", what, got, want)
	if got < want-time.Millisecond || got > want+tolerance {
		t.Errorf("%s after %v, want %v", what, got, want)
	}
}

var down90 = vrrp.Instance{Advert: time.Second}.Down(90)
