package lab_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/lab"
)

func TestLabLeavesNothingBehind(t *testing.T) {
	var namespace, dir string
	var pid int
	t.Run("life", func(t *testing.T) {
		l := lab.New(t, lab.Options{Nodes: []string{"d1", "c"}})
		p := l.Node("d1").Start("sleeper", lab.Setting{}, "sh", "-c", "sleep 1000 & sleep 1000")
		namespace, dir, pid = l.Node("d1").Namespace(), l.Dir, p.PID()
	})
	if _, err := os.Stat("/run/netns/" + namespace); err == nil {
		t.Errorf("the namespace %s is still there", namespace)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("the folder %s is still there", dir)
	}
	if syscall.Kill(pid, 0) == nil {
		t.Errorf("process %d is still there", pid)
	}
	left := strays(t, dir)
	for end := time.Now().Add(10 * time.Second); len(left) > 0 && time.Now().Before(end); left = strays(t, dir) {
		time.Sleep(10 * time.Millisecond) // a process that was killed may still be on its way out
	}
	for _, other := range left {
		t.Errorf("a process of the lab still runs: %s", other)
	}
}

// strays are the processes whose output goes to a log in the folder.
func strays(t *testing.T, dir string) []string {
	t.Helper()
	outputs, err := filepath.Glob("/proc/[0-9]*/fd/1")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(outputs, func(o string) bool {
		target, err := os.Readlink(o)
		return err != nil || !strings.HasPrefix(target, dir+"/")
	})
}

func TestPulledCableStopsTrafficAndLetsItFlowAgain(t *testing.T) {
	l := lab.New(t, lab.Options{Nodes: []string{"r1", "c"}})
	web := l.Node("r1").Web(":80", "hello")
	url := "http://" + l.Node("r1").Addr.String() + "/"
	client := l.Node("c").Steady(url, 50*time.Millisecond, 300*time.Millisecond)
	time.Sleep(500 * time.Millisecond)
	l.Node("r1").Cable(false)
	time.Sleep(time.Second)
	l.Node("r1").Cable(true)
	time.Sleep(1500 * time.Millisecond)
	report := client.Stop()
	if first, last := report[0], report[len(report)-1]; first.Err != nil || last.Err != nil || first.Text != "hello" {
		t.Errorf("the first request met %v, the last one %v", first, last)
	}
	if failed := lab.Failures(report); failed < 5 {
		t.Errorf("only %d of %d requests failed while the cable was out", failed, len(report))
	}
	if web.Served() < 10 {
		t.Errorf("the server answered %d requests", web.Served())
	}
}

func TestSinkKeepsMailsThatTheMailProgramSends(t *testing.T) {
	l := lab.New(t, lab.Options{Nodes: []string{"d1"}})
	sink := l.Node("d1").Sink("127.0.0.1:25")
	l.Node("d1").Run("sh", "-c", "echo '.body' | "+lab.Root()+"/test/lab/bin/mail -s 'a subject' root@localhost")
	mails := sink.Mails()
	if len(mails) != 1 || mails[0].Subject != "a subject" || mails[0].To[0] != "root@localhost" || mails[0].Body != ".body\r\n" {
		t.Fatalf("the sink has %+v", mails)
	}
}

func TestWireSeesAnnouncementsWithTheKernelsTime(t *testing.T) {
	l := lab.New(t, lab.Options{Nodes: []string{"d1"}})
	wire := l.Capture()
	before := time.Now()
	l.Node("d1").Run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/conf/eth0/arp_notify")
	l.Node("d1").Run("ip", "link", "set", "eth0", "address", "02:00:00:00:00:99")
	f := wire.Expect("a gratuitous ARP", before, 3*time.Second, func(f lab.Frame) bool { return f.Kind == lab.Announce })
	if f.Src != l.Node("d1").Addr || f.At.Before(before) || f.At.After(time.Now()) {
		t.Errorf("the announcement is %v", f)
	}
}
