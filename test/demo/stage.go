package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"holdfast/engine/control"
	"holdfast/test/lab"
	"holdfast/test/tutorial"
)

// stage is the tutorial's pair, running.
type stage struct {
	lab       *lab.Lab
	directors map[string]*lab.Director
	nodes     map[string]*lab.Node
	webs      map[string]*lab.Web
	sinks     map[string]*lab.Sink
	client    *lab.Node
	virtual   netip.Addr
}

// newStage builds the pair. Its consoles answer on the listeners.
func newStage(o *owner, listeners [2]net.Listener) (*stage, error) {
	l := lab.New(o, lab.Options{Net: netip.MustParsePrefix("172.16.1.0/24"), Name: "demo", Holds: true})
	s := &stage{lab: l, client: l.Node("c"), virtual: l.Addr(100), directors: map[string]*lab.Director{}, webs: map[string]*lab.Web{}, sinks: map[string]*lab.Sink{},
		nodes: map[string]*lab.Node{"node1": l.Node("d1"), "node2": l.Node("d2"), "node3": l.Node("r1"), "node4": l.Node("r2")}}
	for _, name := range []string{"node3", "node4"} {
		s.nodes[name].RealServer(s.virtual)
		s.webs[name] = s.nodes[name].Web(":80", "from "+name+".")
	}
	for i, name := range []string{"node1", "node2"} {
		n := s.nodes[name]
		n.Web(":80", name+",sorry server!")
		s.sinks[name] = n.Sink("127.0.0.1:25")
		file, err := listeners[i].(*net.TCPListener).File()
		if err != nil {
			return nil, err
		}
		d := n.Director(lab.Serving(), tutorial.Config(i+1, tutorial.Literal))
		d.Write("notify.sh", tutorial.Notify, 0o755)
		d.Listener = file // stays open: each start of the director is handed it anew
		d.Start()
		s.directors[name] = d
	}
	for i, name := range []string{"node1", "node2"} {
		if err := s.apply(name, tutorial.Config(i+1, tutorial.Literal)); err != nil {
			return nil, err
		}
	}
	s.greet()
	return s, nil
}

// starting is how long a console and its engine may take to be there: in a guest
// on a busy machine each process takes seconds.
const starting = 2 * time.Minute

// apply makes the tutorial's text the running one of a node.
func (s *stage) apply(name, text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), starting)
	defer cancel()
	for _, role := range []string{"vrrp", "lvs"} {
		client := control.Dial(s.directors[name].Run + "/" + role + ".sock")
		for {
			_, err := client.Apply(ctx, control.ApplyRequest{Text: text})
			if err == nil {
				break
			}
			if ctx.Err() != nil {
				return fmt.Errorf("apply to %s of %s: %w\n%s", role, name, err, s.directors[name].Output())
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	return nil
}

// greet says where to look and what can be broken.
func (s *stage) greet() {
	var links []string
	for _, name := range []string{"node1", "node2"} {
		links = append(links, fmt.Sprintf("  %s  %s", name, s.link(name)))
	}
	fmt.Printf(`
The tutorial's pair runs: directors node1 and node2, web servers node3 and node4, a client, a mail server.
The setup links of the two consoles, each good for one account:

%s

%s
`, strings.Join(links, "\n"), help)
}

// link is the setup link that a console printed.
func (s *stage) link(name string) string {
	for end := time.Now().Add(starting); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		for line := range strings.Lines(s.directors[name].Output()) {
			if _, link, ok := strings.Cut(line, "setup: "); ok && strings.HasPrefix(link, "http") {
				return strings.TrimSpace(link)
			}
		}
	}
	fmt.Fprintln(os.Stderr, s.directors[name].Output())
	return "(it printed none)"
}
