package scenario

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/lab"
	"holdfast/test/tutorial"
)

func TestGuestTutorialOnHoldfast(t *testing.T) {
	t.Parallel()
	play(t, lab.Holdfast(), lab.Holdfast(), tutorial.Plain)
}

func TestGuestTutorialWordForWordOnHoldfast(t *testing.T) {
	t.Parallel()
	play(t, lab.Holdfast(), lab.Holdfast(), tutorial.Literal)
}

func TestGuestTutorialWithKeepalivedAsNode1(t *testing.T) {
	t.Parallel()
	play(t, lab.Keepalived(), lab.Holdfast(), tutorial.Plain)
}

func TestGuestTutorialWithKeepalivedAsNode2(t *testing.T) {
	t.Parallel()
	play(t, lab.Holdfast(), lab.Keepalived(), tutorial.Plain)
}

// play is the story. The times are keepalived's own with room for a guest that
// shares its processor.
func play(t *testing.T, first, second lab.Program, script string) {
	s := stage(t, first, second, script)

	s.step("both directors start")
	s.node1.Start()
	s.node2.Start()
	s.master(s.d1, 30*time.Second)
	s.pool(both, 30*time.Second, s.d1, s.d2)

	s.step("the client is served by weight, one to two")
	s.answers(append(repeat("from node3.", 3), repeat("from node4.", 6)...)...)

	s.step("touch down: node1 falls from 100 to 98, below node2's 99")
	s.node1.Write("down", "", 0o644)
	s.master(s.d2, 30*time.Second)
	s.served(3)

	s.step("rm down: node1 takes the address back")
	s.node1.Remove("down")
	s.master(s.d1, 30*time.Second)

	s.step("node1 stops: it leaves nothing, node2 serves")
	s.node1.Signal(syscall.SIGTERM)
	s.soon("d2 holds the address", 10*time.Second, func() bool { return s.d2.Holds(s.virtual) })
	s.node1.Wait(20 * time.Second)
	s.clean(s.d1)
	s.served(3)
	s.node1.Start()
	s.master(s.d1, 30*time.Second)
	s.pool(both, 30*time.Second, s.d1)

	s.step("node1 loses its power: nobody cleans up, node2 serves")
	s.node1.Crash()
	s.soon("d2 holds the address", 10*time.Second, func() bool { return s.d2.Holds(s.virtual) })
	if !s.d1.Holds(s.virtual) || strings.Join(s.d1.Pool(), " ") != both {
		s.Errorf("a crash changed the kernel's state: %v %v", s.d1.Addresses(), s.d1.Table())
	}
	s.d1.Drop(s.virtual) // a real crash takes the address along
	s.node1.Start()
	s.master(s.d1, 30*time.Second)
	s.pool(both, 30*time.Second, s.d1)

	s.step("node1's cable is pulled, then plugged")
	s.d1.Cable(false)
	s.master(s.d2, 30*time.Second)
	s.d1.Cable(true)
	s.master(s.d1, 30*time.Second)
	s.pool(both, 60*time.Second, s.d1, s.d2)

	s.step("node3 refuses connections: it leaves both tables")
	s.node3.Stop()
	s.pool("172.16.1.34:80", 40*time.Second, s.d1, s.d2)
	s.answers(repeat("from node4.", 3)...)

	s.step("node4 answers 500: only the sorry server is left")
	s.node4.Answer(500, "broken")
	s.pool("127.0.0.1:80", 40*time.Second, s.d1, s.d2)
	s.answers(repeat("node1,sorry server!", 3)...)

	s.step("node3 comes back: the sorry server goes")
	s.node3.Start()
	s.pool("172.16.1.33:80", 40*time.Second, s.d1)
	s.answers(repeat("from node3.", 3)...)

	s.step("node4 comes back")
	s.node4.Answer(200, "from node4.")
	s.pool(both, 40*time.Second, s.d1, s.d2)

	s.step("the mails: notify scripts and real servers, from both nodes")
	s.mailed(s.mail1, "node1 to be master", "Realserver [172.16.1.33]:tcp:80 of virtual server [172.16.1.100]:tcp:80 - DOWN", "- UP")
	s.mailed(s.mail2, "node2 to be master", "Realserver [172.16.1.33]:tcp:80 of virtual server [172.16.1.100]:tcp:80 - DOWN", "- UP")

	s.step("both stop and leave nothing")
	s.node1.Stop()
	s.node2.Stop()
	s.clean(s.d1)
	s.clean(s.d2)
}

// mailed expects a mail for each phrase of a subject.
func (s *pair) mailed(sink *lab.Sink, phrases ...string) {
	s.Helper()
	for _, phrase := range phrases {
		s.soon("a mail with the subject "+phrase, 15*time.Second, func() bool {
			for _, subject := range sink.Subjects() {
				if strings.Contains(subject, phrase) {
					return true
				}
			}
			return false
		})
	}
	s.Logf("mails:\n  %s", strings.Join(sink.Subjects(), "\n  "))
}
