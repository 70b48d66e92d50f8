package lab

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Process is a program that runs inside a node.
type Process struct {
	Node *Node
	Name string

	cmd  *exec.Cmd
	log  string
	done chan struct{}
	err  error // valid once done is closed
}

// running are the processes this program started itself and waits for.
var running struct {
	sync.Mutex
	pids map[int]bool
}

func started(pid int) bool {
	running.Lock()
	defer running.Unlock()
	return running.pids[pid]
}

// Setting is the surroundings of a process.
type Setting struct {
	Etc   string     // a folder to see as /etc/keepalived
	Host  string     // the host name to see
	Env   []string   // more variables
	Files []*os.File // handed on as descriptors 3, 4, ...
	Log   string     // the name of the log; default the node's and the process's
}

// Start runs a program inside the node. Its output goes to a log of the lab.
func (n *Node) Start(name string, set Setting, argv ...string) *Process {
	n.lab.Helper()
	p := &Process{Node: n, Name: name, done: make(chan struct{})}
	p.log = fmt.Sprintf("%s/%s-%s.log", n.lab.Dir, n.Name, name)
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		n.lab.Fatalf("lab: %v", err)
	}
	defer log.Close()
	attr := &syscall.SysProcAttr{Setsid: true}
	if set.Etc != "" || set.Host != "" {
		// A private view: mounts and name are undone when the process ends.
		attr.Unshareflags = syscall.CLONE_NEWNS | syscall.CLONE_NEWUTS
		argv = append([]string{"sh", "-c", view, "view", set.Etc, set.Host}, argv...)
	}
	p.cmd = exec.Command(argv[0], argv[1:]...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.Env = append(os.Environ(), set.Env...)
	p.cmd.ExtraFiles = set.Files
	p.cmd.SysProcAttr = attr
	if err := n.Do(p.cmd.Start); err != nil {
		n.lab.Fatalf("start %s on %s: %v", name, n.Name, err)
	}
	pid := p.cmd.Process.Pid
	running.Lock()
	if running.pids == nil {
		running.pids = map[int]bool{}
	}
	running.pids[pid] = true
	running.Unlock()
	go func() {
		p.err = p.cmd.Wait()
		running.Lock()
		delete(running.pids, pid)
		running.Unlock()
		close(p.done)
	}()
	return p
}

// view is run in a mount and a host name of its own before the program. Where
// the machine has no /etc/keepalived, a layer over /etc lends it one.
const view = `set -e
etc=$1 host=$2; shift 2
if [ -n "$etc" ]; then
	if [ ! -d /etc/keepalived ]; then
		mkdir -p "$etc.layer/keepalived"
		mount -t overlay -o "lowerdir=$etc.layer:/etc" overlay /etc || mkdir -p /etc/keepalived
	fi
	mount --bind "$etc" /etc/keepalived
	for file in passwd group; do # accounts of the node's own
		[ ! -e "$etc/$file" ] || mount --bind "$etc/$file" "/etc/$file"
	done
fi
if [ -n "$host" ]; then hostname "$host"; fi
exec "$@"`

// PID is the number of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Signal sends a signal to the process alone.
func (p *Process) Signal(s syscall.Signal) {
	p.Node.lab.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.Node.lab.Fatalf("signal %s to %s: %v", s, p.Name, err)
	}
}

// Wait waits for the end of the process and returns its exit code; -1 after a
// signal. A process that does not end in time fails the test and is killed.
func (p *Process) Wait(limit time.Duration) int {
	p.Node.lab.Helper()
	select {
	case <-p.done:
	case <-time.After(limit):
		p.Node.lab.Errorf("%s on %s did not end within %s", p.Name, p.Node.Name, limit)
		p.KillTree()
	}
	return p.cmd.ProcessState.ExitCode()
}

// Ended tells if the process has ended.
func (p *Process) Ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Stop asks the process to end and waits for it.
func (p *Process) Stop() int {
	p.Node.lab.Helper()
	p.Signal(syscall.SIGTERM)
	return p.Wait(20 * time.Second)
}

// KillTree ends the process and all its descendants at one instant and returns
// that instant.
func (p *Process) KillTree() time.Time {
	if p.Ended() {
		return time.Now()
	}
	p.cmd.Process.Signal(syscall.SIGSTOP)
	pids := tree(p.PID())
	at := time.Now()
	kill(pids)
	<-p.done
	return at
}

// Output is what the process has said so far.
func (p *Process) Output() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		p.Node.lab.Fatalf("lab: %v", err)
	}
	return string(text)
}

// tree is a process and its descendants, children first.
func tree(pid int) []int {
	var pids []int
	tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, task := range tasks {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, task.Name()))
		if err != nil {
			continue
		}
		for _, word := range strings.Fields(string(text)) {
			var child int
			if _, err := fmt.Sscan(word, &child); err == nil {
				pids = append(pids, tree(child)...)
			}
		}
	}
	return append(pids, pid)
}
