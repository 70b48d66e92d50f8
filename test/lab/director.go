package lab

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Program is a program that plays the director: how it is called with a
// configuration and a folder for its run-time files.
type Program struct {
	Name string
	Argv func(node, config, run string) []string
}

// Root is the checkout.
func Root() string {
	dir, err := os.Getwd()
	if err != nil {
		return "."
	}
	for at := dir; at != "/"; at = filepath.Dir(at) {
		if _, err := os.Stat(at + "/go.mod"); err == nil {
			return at
		}
	}
	return dir
}

// Binary is the program under test: what `make build` made, or what
// HOLDFAST_BINARY names.
func Binary() string {
	if path := os.Getenv("HOLDFAST_BINARY"); path != "" {
		return path
	}
	return Root() + "/bin/holdfast"
}

// Peer is a program that was unpacked for the tests: keepalived, ipvsadm, or zebra and
// bfdd of FRR.
func Peer(name string) string { return Root() + "/.cache/peers/bin/" + name }

// Keepalived is the peer of the tests, the whole of it or one half (-P, -C).
func Keepalived(half ...string) Program {
	return Program{Name: "keepalived", Argv: func(node, config, run string) []string {
		argv := []string{Peer("keepalived"), "-n", "-l", "-D", "-f", config, "-p", run + "/main.pid", "-r", run + "/vrrp.pid", "-c", run + "/checkers.pid", "-b", run + "/bfd.pid"}
		return append(argv, half...)
	}}
}

// Holdfast is the program that the tests are about, without its console.
func Holdfast() Program {
	return Program{Name: "holdfast", Argv: func(node, config, run string) []string {
		return []string{Binary(), "run", "-f", config, "--node", node, "--state-dir", run + "/state", "--run-dir", run, "--pid-file", run + "/main.pid"}
	}}
}

// Serving is Holdfast with its console, which listens inside the node. It starts
// without a configuration.
func Serving() Program {
	return Program{Name: "holdfast", Argv: func(node, _, run string) []string {
		return []string{Binary(), "serve", "--node", node, "--listen", "127.0.0.1:8080",
			"--data", run + "/data", "--state-dir", run + "/state", "--run-dir", run}
	}}
}

// Director is a program on a node that keeps a virtual address.
type Director struct {
	*Process
	Program Program
	Config  string   // the file
	Run     string   // the folder of its run-time files
	Etc     string   // what it sees as /etc/keepalived
	Env     []string // more variables

	Listener *os.File // a listening socket to hand in, as a service manager would

	node *Node
	host string
}

// Direct starts a director on a node with a configuration.
func (n *Node) Direct(p Program, config string) *Director {
	n.lab.Helper()
	d := n.Director(p, config)
	d.Start()
	return d
}

// Director prepares a director that was not started yet. Its host name is
// node1 on d1, node2 on d2.
func (n *Node) Director(p Program, config string) *Director {
	n.lab.Helper()
	base := n.lab.Dir + "/" + n.Name
	d := &Director{Program: p, Config: base + "/etc/keepalived.conf", Run: base + "/run", Etc: base + "/etc", node: n, host: strings.Replace(n.Name, "d", "node", 1)}
	for _, dir := range []string{d.Etc, d.Run} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			n.lab.Fatalf("lab: %v", err)
		}
	}
	d.Write("keepalived.conf", config, 0o644)
	return d
}

// Write puts a file into the director's /etc/keepalived.
func (d *Director) Write(name, text string, mode os.FileMode) {
	d.node.lab.Helper()
	if err := os.WriteFile(d.Etc+"/"+name, []byte(text), mode); err != nil {
		d.node.lab.Fatalf("lab: %v", err)
	}
}

// Remove takes a file out of the director's /etc/keepalived.
func (d *Director) Remove(name string) {
	d.node.lab.Helper()
	if err := os.Remove(d.Etc + "/" + name); err != nil {
		d.node.lab.Fatalf("lab: %v", err)
	}
}

// Start starts the program, again if need be. Process numbers of an earlier run
// that was killed would keep keepalived from starting.
func (d *Director) Start() {
	d.node.lab.Helper()
	left, _ := filepath.Glob(d.Run + "/*.pid")
	for _, f := range left {
		os.Remove(f)
	}
	path := Root() + "/test/lab/bin:" + os.Getenv("PATH")
	set := Setting{Etc: d.Etc, Host: d.host, Env: append([]string{"PATH=" + path}, d.Env...)}
	if d.Listener != nil {
		set.Files = []*os.File{d.Listener}
		set.Env = append(set.Env, "LISTEN_FDS=1")
	}
	d.Process = d.node.Start(d.Program.Name, set, d.Program.Argv(d.host, d.Config, d.Run)...)
}

// Crash ends everything on the node at one instant and returns that instant.
func (d *Director) Crash() time.Time {
	pids := d.node.PIDs()
	for _, pid := range pids {
		syscall.Kill(pid, syscall.SIGSTOP)
	}
	at := time.Now()
	d.node.KillAll()
	<-d.done
	return at
}
