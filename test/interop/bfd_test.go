package interop

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/test/lab"
)

// session is a bfd_instance of d1 towards d2, five times 50 ms: what is judged here is
// not who gets the processor first.
type session struct{ own, neighbor, words string }

func (s session) String() string {
	return fmt.Sprintf("bfd_instance B {\n    neighbor_ip %s\n    source_ip %s\n    min_rx 50\n    min_tx 50\n    multiplier 5\n%s}\n", s.neighbor, s.own, s.words)
}

// follower is an instance that follows the session B.
func follower(state string, priority int, track string) string {
	return fmt.Sprintf(`vrrp_instance VI_1 {
    state %s
    interface eth0
    virtual_router_id 51
    priority %d
    virtual_ipaddress {
        192.0.2.100/32
    }
    track_bfd {
        B%s
    }
}
`, state, priority, track)
}

// speakers are Holdfast on d1 and another speaker on d2.
type speakers struct {
	*testing.T
	lab  *lab.Lab
	wire *lab.Wire
	own  *lab.Director
}

func newSpeakers(t *testing.T, config string) *speakers {
	l := lab.New(t, lab.Options{Nodes: []string{"d1", "d2"}})
	return &speakers{t, l, l.Capture(), l.Node("d1").Director(lab.Holdfast(), config)}
}

// session is where Holdfast's session stands.
func (s *speakers) session() (control.SessionStatus, bool) {
	ctx, cancel := context.WithTimeout(s.Context(), time.Second)
	defer cancel()
	st, err := control.Dial(control.Socket(s.own.Run, "vrrp")).Status(ctx)
	if err != nil || len(st.Sessions) != 1 {
		return control.SessionStatus{}, false
	}
	return st.Sessions[0], true
}

// becomes waits until the session is in a state.
func (s *speakers) becomes(state string) control.SessionStatus {
	s.Helper()
	var last control.SessionStatus
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if now, ok := s.session(); ok {
			if last = now; now.State == state {
				return now
			}
		}
	}
	s.Fatalf("the session is not %s: %+v", state, last)
	return last
}

// silence checks that a session ended when the neighbour had been silent for as long as
// was agreed, and no sooner.
func (s *speakers) silence(down control.SessionStatus, agreed time.Duration) {
	s.Helper()
	after := down.Since.Sub(down.Heard)
	s.Logf("detection measured: %v", after)
	if down.Diag != "control-detection-expired" || after < agreed {
		s.Errorf("down %v after the last packet (%s), agreed were %v", after, down.Diag, agreed)
	}
}

// says waits for a line in the log of a process, counted from a length before.
func says(t *testing.T, log func() string, line string, from int) int {
	t.Helper()
	want := regexp.MustCompile(line)
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		text := log()
		if at := want.FindStringIndex(text[min(from, len(text)):]); at != nil {
			return from + at[1]
		}
	}
	t.Fatalf("no line %q in\n%s", line, log())
	return 0
}

// speaking is keepalived with its BFD process, under the policy of keepalived().
func speaking() lab.Program {
	whole, half := lab.Keepalived(), keepalived()
	return lab.Program{Name: whole.Name, Argv: func(node, config, run string) []string {
		argv := whole.Argv(node, config, run)
		if half.Argv(node, config, run)[0] == "chrt" {
			argv = append([]string{"chrt", "-r", "1"}, argv...)
		}
		return argv
	}}
}

// A session with keepalived 2.2.7 comes up, and decides there and here alike; its end on
// purpose is told, its end by a crash is found out in time.
func TestASessionWithKeepalivedDecidesOnBothSides(t *testing.T) {
	t.Parallel()
	s := newSpeakers(t, session{"192.0.2.31", "192.0.2.32", ""}.String()+follower("BACKUP", 100, ""))
	peer := s.lab.Node("d2").Director(speaking(), session{"192.0.2.32", "192.0.2.31", ""}.String()+follower("BACKUP", 50, " weight 20"))
	s.own.Start()
	s.becomes("DOWN")
	peer.Start()
	s.becomes("UP")
	s.wire.Expect("d1 is master", time.Now(), 10*time.Second, lab.From(s.lab.Node("d1").Addr, 100))

	// Another pace on our side is agreed on and costs no session.
	log := len(peer.Output())
	up := s.becomes("UP")
	s.own.Write("keepalived.conf", session{"192.0.2.31", "192.0.2.32", ""}.reload()+follower("BACKUP", 100, ""), 0o644)
	s.own.Signal(syscall.SIGHUP)
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if now, ok := s.session(); ok && now.Interval == 100*time.Millisecond && now.Since.Equal(up.Since) {
			break
		} else if time.Now().After(end) {
			t.Fatalf("after the reload: %+v, before: %+v", now, up)
		}
	}
	if text := peer.Output()[log:]; strings.Contains(text, "is in state Down") {
		t.Errorf("keepalived saw the reload:\n%s", text)
	}

	peer.Crash()
	s.silence(s.becomes("DOWN"), 500*time.Millisecond)
	for end := time.Now().Add(10 * time.Second); s.lab.Node("d1").Holds(s.lab.Addr(100)); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the address stays in FAULT")
		}
	}
	peer.Start()
	s.becomes("UP")
	from := says(t, peer.Output, `\(VI_1\) Changing effective priority from 50 to 70`, 0)
	s.own.Signal(syscall.SIGTERM)
	from = says(t, peer.Output, `Entering Down state .*Neighbor Signaled Session Down, Remote diagnostic - Administratively Down`, from)
	if text := peer.Output()[from:]; strings.Contains(text, "to 50") {
		t.Errorf("keepalived takes an end on purpose for a failure:\n%s", text)
	}
}

// reload is the session with half the pace.
func (s session) reload() string { return strings.ReplaceAll(s.String(), " 50\n", " 100\n") }

// Of two speakers one may wait for the other, on either side.
func TestAPassiveSpeakerIsWokenByTheOther(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, here, there string }{{"here", "    passive\n", ""}, {"there", "", "    passive\n"}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSpeakers(t, session{"192.0.2.31", "192.0.2.32", c.here}.String())
			s.lab.Node("d2").Direct(speaking(), session{"192.0.2.32", "192.0.2.31", c.there}.String())
			s.own.Start()
			s.becomes("UP")
		})
	}
}

// frr is FRR's bfdd with the zebra that it asks for interfaces.
func (s *speakers) frr(peer string) (bfdd *lab.Process) {
	s.Helper()
	n, dir := s.lab.Node("d2"), s.lab.Dir+"/frr"
	if err := os.Mkdir(dir, 0o755); err != nil {
		s.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			s.Fatal(err)
		}
	}
	for name, more := range map[string]string{"passwd": "frr:x:0:0::/:/bin/false\n", "group": "frr:x:0:\nfrrvty:x:0:\n"} {
		have, err := os.ReadFile("/etc/" + name)
		if err != nil {
			s.Fatal(err)
		}
		write(name, string(have)+more)
	}
	write("zebra.conf", "")
	write("bfdd.conf", "bfd\n "+peer+"\n  receive-interval 50\n  transmit-interval 50\n  detect-multiplier 5\n !\n!\n")
	const asFRR = `mount --bind $0/passwd /etc/passwd; mount --bind $0/group /etc/group; p=$1; shift
exec $p -u root -g root -z $0/zserv.api --vty_socket $0 --log stdout -P 0 "$@"`
	start := func(name string, args ...string) *lab.Process {
		argv := append([]string{"unshare", "-m", "sh", "-c", asFRR, dir, lab.Peer(name), "-i", dir + "/" + name + ".pid", "-f", dir + "/" + name + ".conf"}, args...)
		return n.Start(name, lab.Setting{}, argv...)
	}
	start("zebra")
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(dir + "/zserv.api"); err == nil {
			break
		} else if time.Now().After(end) {
			s.Fatal("zebra does not start")
		}
	}
	return start("bfdd", "--bfdctl", dir+"/bfdd.sock")
}

// The same with FRR, over one hop and over several, over IPv4 and IPv6.
func TestASessionWithFRRComesUpAndEndsInTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, own, neighbor, words, peer string }{
		{"one hop", "192.0.2.31", "192.0.2.32", "", "peer 192.0.2.31 local-address 192.0.2.32 interface eth0"},
		{"several hops", "192.0.2.31", "192.0.2.32", "    multihop yes\n    max_hops 10\n", "peer 192.0.2.31 multihop local-address 192.0.2.32"},
		{"IPv6", "2001:db8::31", "2001:db8::32", "", "peer 2001:db8::31 local-address 2001:db8::32 interface eth0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSpeakers(t, session{c.own, c.neighbor, c.words}.String()+follower("BACKUP", 100, ""))
			for node, addr := range map[string]string{"d1": "2001:db8::31/64", "d2": "2001:db8::32/64"} {
				if c.name != "IPv6" {
					break
				}
				s.lab.Node(node).Run("sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=0", "net.ipv6.conf.eth0.disable_ipv6=0")
				s.lab.Node(node).Run("ip", "-6", "address", "add", addr, "dev", "eth0", "nodad")
			}
			bfdd := s.frr(c.peer)
			s.own.Start()
			s.becomes("UP")
			s.wire.Expect("d1 is master", time.Now(), 10*time.Second, lab.From(s.lab.Node("d1").Addr, 100))
			// FRR polls when it comes up: its pace is agreed on when that is over.
			agreed := time.Duration(0)
			for end := time.Now().Add(10 * time.Second); agreed != 250*time.Millisecond && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
				if now, ok := s.session(); ok {
					agreed = now.Detection
				}
			}
			bfdd.Signal(syscall.SIGSTOP)
			s.silence(s.becomes("DOWN"), agreed)
			bfdd.Signal(syscall.SIGCONT)
			s.becomes("UP")
			s.own.Signal(syscall.SIGTERM)
			if code := s.own.Wait(10 * time.Second); code != 0 {
				t.Errorf("the end has code %d", code)
			}
		})
	}
}
