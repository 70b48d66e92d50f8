package lab

import (
	"fmt"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Owner is whom a lab belongs to: a *testing.T, or a program that runs one.
// A lab reports through it and is taken down by its Cleanup.
type Owner interface {
	Helper()
	Logf(format string, args ...any)
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
	Failed() bool
	Cleanup(func())
}

// Options say how a lab looks. The zero value is a pair of directors, two web
// servers and a client on 192.0.2.0/24.
type Options struct {
	Nodes []string     // default d1 d2 r1 r2 c
	Net   netip.Prefix // an IPv4 network of 24 bits
	Name  string       // of the namespaces; default is made of the process number
	Holds bool         // an interrupt is the owner's affair, who then runs the cleanups
}

// Lab is a switch and its nodes.
type Lab struct {
	Owner
	Dir string // logs and files of the nodes; removed with the lab

	name   string
	net    netip.Prefix
	sw     *Node
	nodes  map[string]*Node
	order  []string
	finish sync.Once
	onEnd  []func()
}

// hosts are the last bytes of the nodes' addresses.
var hosts = map[string]byte{"c": 10, "d1": 31, "d2": 32, "r1": 33, "r2": 34}

// labs numbers the labs of this process.
var labs struct {
	sync.Mutex
	count int
}

// New builds a lab and hands it to its owner. It ends the owner's test where
// the machine does not allow it: a lab that was not built is not a test passed.
func New(owner Owner, opt Options) *Lab {
	owner.Helper()
	if len(opt.Nodes) == 0 {
		opt.Nodes = []string{"d1", "d2", "r1", "r2", "c"}
	}
	if !opt.Net.IsValid() {
		opt.Net = netip.MustParsePrefix("192.0.2.0/24")
	}
	labs.Lock()
	labs.count++
	number := labs.count
	labs.Unlock()
	if number == 1 {
		sweep()
		// Orphans of a killed program come to us, so that they can be reaped.
		unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
	}
	if opt.Name == "" {
		opt.Name = fmt.Sprintf("hf%d-%d", os.Getpid(), number)
	}
	if os.Geteuid() != 0 {
		owner.Fatalf("lab: network namespaces need root")
	}
	dir, err := os.MkdirTemp(memory(), opt.Name+"-")
	if err != nil {
		owner.Fatalf("lab: %v", err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		owner.Fatalf("lab: %v", err)
	}
	l := &Lab{Owner: owner, Dir: dir, name: opt.Name, net: opt.Net.Masked(), nodes: map[string]*Node{}, order: opt.Nodes}
	l.sw = &Node{Name: "sw", lab: l}
	stop := func() {}
	if !opt.Holds {
		stop = l.onInterrupt()
	}
	owner.Cleanup(func() { stop(); l.down() })
	if err := l.up(); err != nil {
		owner.Fatalf("lab: %v", err)
	}
	return l
}

// memory is a folder in memory, as /run is on a director: on a disk that others
// write to, a file can take longer than a fail-over.
func memory() string {
	for _, dir := range []string{"/run", "/dev/shm"} {
		var fs unix.Statfs_t
		if unix.Statfs(dir, &fs) == nil && fs.Type == unix.TMPFS_MAGIC {
			return dir
		}
	}
	return "/run"
}

// Node is a node by its name.
func (l *Lab) Node(name string) *Node {
	n, ok := l.nodes[name]
	if !ok {
		l.Fatalf("lab: there is no node %s", name)
	}
	return n
}

// Switch is the node that the cables end in.
func (l *Lab) Switch() *Node { return l.sw }

// Addr is the address of a host on the lab's network.
func (l *Lab) Addr(host byte) netip.Addr {
	a := l.net.Addr().As4()
	a[3] = host
	return netip.AddrFrom4(a)
}

// up makes the namespaces and the cables: one batch of ip commands for each
// node, because starting a program is dear in the guest.
func (l *Lab) up() error {
	all := append([]string{"sw"}, l.order...)
	var batch strings.Builder
	for _, name := range all {
		n := l.sw
		if name != "sw" {
			n = &Node{Name: name, lab: l, Addr: l.Addr(hosts[name])}
			if hosts[name] == 0 {
				return fmt.Errorf("no address is known for node %s", name)
			}
			l.nodes[name] = n
		}
		fmt.Fprintf(&batch, "netns add %s\n", n.Namespace())
	}
	if err := ip(&batch); err != nil {
		return err
	}
	if err := l.sw.Do(quiet); err != nil {
		return err
	}
	batch.Reset()
	batch.WriteString("link set lo up\nlink add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0\nlink set br0 up\n")
	for _, name := range l.order {
		h := hosts[name]
		fmt.Fprintf(&batch, "link add p-%s address 02:00:00:00:ff:%02x type veth peer name eth0 netns %s address 02:00:00:00:00:%02x\n", name, h, l.nodes[name].Namespace(), h)
		fmt.Fprintf(&batch, "link set p-%s master br0 up\n", name)
	}
	if err := ip(&batch, "-n", l.sw.Namespace()); err != nil {
		return err
	}
	for _, name := range l.order {
		n := l.nodes[name]
		if err := n.Do(quiet); err != nil {
			return err
		}
		batch.Reset()
		fmt.Fprintf(&batch, "link set lo up\naddr add %s/%d dev eth0\nlink set eth0 up\n", n.Addr, l.net.Bits())
		if err := ip(&batch, "-n", n.Namespace()); err != nil {
			return err
		}
	}
	return nil
}

// quiet makes a namespace answer at once and say nothing unasked: no duplicate
// address detection, no reverse path filter, no IPv6 chatter.
func quiet() error {
	for path, value := range map[string]string{
		"ipv6/conf/all/disable_ipv6":     "1",
		"ipv6/conf/default/disable_ipv6": "1",
		"ipv4/conf/all/rp_filter":        "0",
		"ipv4/conf/default/rp_filter":    "0",
	} {
		err := os.WriteFile("/proc/sys/net/"+path, []byte(value), 0o644)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

// down ends every process in the lab and removes it. On failure the last words
// of each log are shown.
func (l *Lab) down() {
	l.finish.Do(func() {
		for i := len(l.onEnd) - 1; i >= 0; i-- {
			l.onEnd[i]()
		}
		var batch strings.Builder
		for _, name := range append([]string{"sw"}, l.order...) {
			n := l.sw
			if name != "sw" {
				n = l.nodes[name]
			}
			if n == nil {
				continue
			}
			n.KillAll()
			if _, err := os.Stat("/run/netns/" + n.Namespace()); err == nil {
				fmt.Fprintf(&batch, "netns del %s\n", n.Namespace())
			}
		}
		if err := ip(&batch); err != nil {
			l.Errorf("lab: %v", err)
		}
		if l.Failed() {
			l.showLogs()
		}
		os.RemoveAll(l.Dir)
	})
}

// atEnd registers what has to stop before the namespaces go, newest first.
func (l *Lab) atEnd(f func()) { l.onEnd = append(l.onEnd, f) }

// onInterrupt takes the lab down when the process is asked to end from outside.
func (l *Lab) onInterrupt() (stop func()) {
	signals, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		select {
		case <-signals:
			l.down()
			os.Exit(130)
		case <-done:
		}
	}()
	return sync.OnceFunc(func() { signal.Stop(signals); close(done) })
}

// Explain logs what each node knows of the others and which connections pass
// through it: what one asks when an answer did not come.
func (l *Lab) Explain() {
	l.Helper()
	for _, name := range l.order {
		text := l.nodes[name].Run("sh", "-c", "ip neigh; cat /proc/net/ip_vs_conn 2>/dev/null; grep -v ' 0[6A] ' /proc/net/tcp; true")
		l.Logf("--- %s\n%s", name, text)
	}
}

// showLogs logs the end of every log of the lab.
func (l *Lab) showLogs() {
	logs, _ := filepath.Glob(l.Dir + "/*.log")
	for _, name := range logs {
		text, err := os.ReadFile(name)
		if err != nil || len(text) == 0 {
			continue
		}
		const most = 6000
		if len(text) > most {
			text = text[len(text)-most:]
		}
		l.Logf("--- %s\n%s", filepath.Base(name), text)
	}
}
