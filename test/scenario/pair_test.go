package scenario

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/test/lab"
	"holdfast/test/tutorial"
)

// pair is the example's stage.
type pair struct {
	*testing.T
	lab          *lab.Lab
	d1, d2, c    *lab.Node
	node1, node2 *lab.Director
	mail1, mail2 *lab.Sink
	node3, node4 *lab.Web
	virtual      netip.Addr
	began        time.Time
}

const both = "172.16.1.33:80 172.16.1.34:80"

func stage(t *testing.T, first, second lab.Program, script string) *pair {
	l := lab.New(t, lab.Options{Net: netip.MustParsePrefix("172.16.1.0/24")})
	s := &pair{T: t, lab: l, d1: l.Node("d1"), d2: l.Node("d2"), c: l.Node("c"), virtual: l.Addr(100), began: time.Now()}
	s.mail1, s.mail2 = s.d1.Sink("127.0.0.1:25"), s.d2.Sink("127.0.0.1:25")
	s.d1.Web(":80", "node1,sorry server!")
	s.d2.Web(":80", "node2,sorry server!")
	for _, r := range []string{"r1", "r2"} {
		l.Node(r).RealServer(s.virtual)
	}
	s.d1.ForgetsTheDead()
	s.d2.ForgetsTheDead()
	s.node3, s.node4 = l.Node("r1").Web(":80", "from node3."), l.Node("r2").Web(":80", "from node4.")
	s.node1 = s.d1.Director(first, tutorial.Config(1, script))
	s.node2 = s.d2.Director(second, tutorial.Config(2, script))
	for _, d := range []*lab.Director{s.node1, s.node2} {
		d.Write("notify.sh", tutorial.Notify, 0o755)
	}
	return s
}

// step says where in the story we are.
func (s *pair) step(what string) {
	s.Helper()
	s.Logf("%5.1f s  %s", time.Since(s.began).Seconds(), what)
}

// soon waits for something to become true.
func (s *pair) soon(what string, limit time.Duration, holds func() bool) {
	s.Helper()
	for end := time.Now().Add(limit); !holds(); {
		if time.Now().After(end) {
			s.Fatalf("not within %s: %s\nd1: %v %v\nd2: %v %v", limit, what, s.d1.Addresses(), s.d1.Table(), s.d2.Addresses(), s.d2.Table())
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// master waits until one director holds the address and the other does not.
func (s *pair) master(who *lab.Node, limit time.Duration) {
	s.Helper()
	other := s.d2
	if who == s.d2 {
		other = s.d1
	}
	s.soon(who.Name+" holds the address alone", limit, func() bool { return who.Holds(s.virtual) && !other.Holds(s.virtual) })
}

// pool waits until the directors' tables hold just these servers.
func (s *pair) pool(want string, limit time.Duration, directors ...*lab.Node) {
	s.Helper()
	for _, d := range directors {
		s.soon(fmt.Sprintf("the table of %s holds %q", d.Name, want), limit, func() bool { return strings.Join(d.Pool(), " ") == want })
	}
}

// answers asks the virtual server and compares who answered, in any order.
func (s *pair) answers(want ...string) {
	s.Helper()
	got := s.c.Get("http://"+s.virtual.String()+"/", len(want))
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		s.Errorf("the client got %q, want %q", got, want)
		s.lab.Explain()
	}
}

// served expects answers from the web servers, whichever.
func (s *pair) served(times int) {
	s.Helper()
	for _, text := range s.c.Get("http://"+s.virtual.String()+"/", times) {
		if !strings.HasPrefix(text, "from node") {
			s.Errorf("the client got %q", text)
			s.lab.Explain()
		}
	}
}

// clean expects that a director left nothing in its kernel.
func (s *pair) clean(d *lab.Node) {
	s.Helper()
	if d.Holds(s.virtual) {
		s.Errorf("%s ended and left %s", d.Name, s.virtual)
	}
	if table := d.Table(); len(table) > 0 {
		s.Errorf("%s ended and left %v", d.Name, table)
	}
}

// repeat is a list of one text several times.
func repeat(text string, times int) []string { return slices.Repeat([]string{text}, times) }
