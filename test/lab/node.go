package lab

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Node is a namespace on the lab's switch, with one interface, eth0.
type Node struct {
	Name string
	Addr netip.Addr

	lab *Lab
}

// Namespace is the node's name as ip(8) knows it.
func (n *Node) Namespace() string { return n.lab.name + "-" + n.Name }

// Do calls f on a thread that is inside the node: sockets that f opens belong
// to the node for good, programs that it starts run there.
func (n *Node) Do(f func() error) error {
	result := make(chan error, 1)
	go func() {
		// Never unlocked: the thread ends with the goroutine, and no other
		// goroutine finds itself in a foreign namespace.
		runtime.LockOSThread()
		fd, err := unix.Open("/run/netns/"+n.Namespace(), unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			result <- fmt.Errorf("node %s: %w", n.Name, err)
			return
		}
		defer unix.Close(fd)
		if err := unix.Setns(fd, unix.CLONE_NEWNET); err != nil {
			result <- fmt.Errorf("enter node %s: %w", n.Name, err)
			return
		}
		result <- f()
	}()
	return <-result
}

// Run runs a program inside the node and returns what it said.
func (n *Node) Run(argv ...string) string {
	n.lab.Helper()
	var out []byte
	err := n.Do(func() (err error) {
		out, err = exec.Command(argv[0], argv[1:]...).CombinedOutput()
		return err
	})
	if err != nil {
		n.lab.Fatalf("%s# %s: %v\n%s", n.Name, strings.Join(argv, " "), err, out)
	}
	return string(out)
}

// Cable plugs the node in, or pulls the plug at the switch.
func (n *Node) Cable(plugged bool) {
	n.lab.Helper()
	state := "down"
	if plugged {
		state = "up"
	}
	n.lab.sw.Run("ip", "link", "set", "p-"+n.Name, state)
}

// RealServer prepares the node for direct routing: the virtual addresses are
// on its loopback, and it keeps silent about them.
func (n *Node) RealServer(virtual ...netip.Addr) {
	n.lab.Helper()
	err := n.Do(func() error {
		for _, c := range []string{"all", "lo"} {
			if err := os.WriteFile("/proc/sys/net/ipv4/conf/"+c+"/arp_ignore", []byte("1"), 0o644); err != nil {
				return err
			}
			if err := os.WriteFile("/proc/sys/net/ipv4/conf/"+c+"/arp_announce", []byte("2"), 0o644); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		n.lab.Fatalf("real server %s: %v", n.Name, err)
	}
	for _, v := range virtual {
		n.Run("ip", "addr", "replace", v.String()+"/32", "dev", "lo")
	}
}

// ForgetsTheDead makes the node's kernel forget a connection whose server has
// left the table when its next packet comes. By default it drops such packets
// for as long as it remembers the connection, minutes, and with them those of a
// new connection that comes from the same port.
func (n *Node) ForgetsTheDead() {
	n.lab.Helper()
	err := n.Do(func() error { return os.WriteFile("/proc/sys/net/ipv4/vs/expire_nodest_conn", []byte("1"), 0o644) })
	if err != nil {
		n.lab.Fatalf("node %s: %v", n.Name, err)
	}
}

// Addresses are the IPv4 addresses on the node's eth0, as the kernel has them.
func (n *Node) Addresses() []netip.Addr {
	n.lab.Helper()
	var found []netip.Addr
	err := n.Do(func() error {
		link, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		addrs, err := link.Addrs()
		if err != nil {
			return err
		}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				found = append(found, p.Addr())
			}
		}
		return nil
	})
	if err != nil {
		n.lab.Fatalf("addresses of %s: %v", n.Name, err)
	}
	return found
}

// Holds tells if an address is on the node's eth0.
func (n *Node) Holds(a netip.Addr) bool { return slices.Contains(n.Addresses(), a) }

// Drop removes an address from eth0, as a power loss would have.
func (n *Node) Drop(a netip.Addr) {
	n.lab.Helper()
	if n.Holds(a) {
		n.Run("ip", "addr", "del", a.String()+"/32", "dev", "eth0")
	}
}

// PIDs are the processes that live in the node.
func (n *Node) PIDs() []int { return pidsIn("/run/netns/" + n.Namespace()) }

// Find are the node's processes whose first argument is word, such as the vrrp
// role of `holdfast vrrp`.
func (n *Node) Find(word string) []int {
	var found []int
	for _, pid := range n.PIDs() {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err != nil {
			continue
		}
		if args := strings.Split(string(text), "\x00"); len(args) > 1 && args[1] == word {
			found = append(found, pid)
		}
	}
	return found
}

// Kill ends the node's processes whose first argument is word, and returns the
// instant; it fails the test where there is none.
func (n *Node) Kill(word string) time.Time {
	n.lab.Helper()
	pids := n.Find(word)
	if len(pids) == 0 {
		n.lab.Fatalf("there is no process %s on %s", word, n.Name)
	}
	at := time.Now()
	for _, pid := range pids {
		unix.Kill(pid, unix.SIGKILL)
	}
	return at
}

// KillAll ends every process of the node at one instant, as a power loss does:
// none gets the time to see another one die.
func (n *Node) KillAll() { kill(n.PIDs()) }

// kill stops all, so that none reacts to the end of another, then ends and
// reaps them.
func kill(pids []int) {
	for _, signal := range []unix.Signal{unix.SIGSTOP, unix.SIGKILL} {
		for _, pid := range pids {
			unix.Kill(pid, signal)
		}
	}
	Reap(pids...)
}

// Reap waits until processes that were killed are gone. Those that came to us
// when their parents died are ours to wait for; the others are their starter's.
func Reap(pids ...int) {
	for end := time.Now().Add(5 * time.Second); len(pids) > 0 && time.Now().Before(end); {
		pids = slices.DeleteFunc(pids, func(pid int) bool {
			if !started(pid) {
				unix.Wait4(pid, nil, unix.WNOHANG, nil)
			}
			return unix.Kill(pid, 0) != nil
		})
		time.Sleep(time.Millisecond)
	}
}

// pidsIn lists the processes in a namespace given by its file.
func pidsIn(file string) []int {
	var want unix.Stat_t
	if unix.Stat(file, &want) != nil {
		return nil
	}
	var pids []int
	links, _ := filepath.Glob("/proc/[0-9]*/ns/net")
	for _, link := range links {
		var got unix.Stat_t
		if unix.Stat(link, &got) != nil || got.Ino != want.Ino || got.Dev != want.Dev {
			continue
		}
		if pid, err := strconv.Atoi(strings.Split(link, "/")[2]); err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}
