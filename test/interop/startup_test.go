package interop

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/lab"
)

// startup_script and shutdown_script run with the words and in the order of keepalived
// beside the notify scripts, also where they fail. A reload runs neither, and the text
// after it names the one that runs at the end.
func TestStartupAndShutdownScriptsRunWhenKeepalivedRunsThem(t *testing.T) {
	t.Parallel()
	for _, program := range []lab.Program{keepalived(), lab.Holdfast()} {
		t.Run(program.Name, func(t *testing.T) {
			t.Parallel()
			l := lab.New(t, lab.Options{Nodes: []string{"d1"}})
			wire, n := l.Capture(), l.Node("d1")
			noted, script := l.Dir+"/noted", l.Dir+"/script"
			if err := os.WriteFile(script, []byte("#!/bin/sh\necho \"$# $*\" >> "+noted+"\ncase $1 in up|later) exit 3;; esac\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			text := func(last string) string {
				return wordConfig(100, "script_user root\nstartup_script \""+script+" up 'a b' c\"\nshutdown_script \""+script+" "+last+"\"",
					"notify_master \""+script+" master\"\nnotify_stop \""+script+" stop\"")
			}
			ran := func(want ...string) {
				t.Helper()
				var got string
				for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
					text, err := os.ReadFile(noted)
					if got = strings.TrimSpace(string(text)); err == nil && got == strings.Join(want, "\n") {
						return
					}
				}
				t.Fatalf("ran\n%s\nwant\n%s", got, strings.Join(want, "\n"))
			}
			began := time.Now()
			d := n.Direct(program, text("down"))
			wire.Expect("the first advert", began, 20*time.Second, lab.From(n.Addr, 100))
			ran("3 up a b c", "1 master")
			d.Write("keepalived.conf", strings.Replace(text("later"), "priority 100", "priority 101", 1), 0o644)
			at := time.Now()
			d.Signal(syscall.SIGHUP)
			wire.Expect("the new priority", at, 20*time.Second, lab.From(n.Addr, 101))
			d.Signal(syscall.SIGTERM)
			if code := d.Wait(20 * time.Second); code != 0 {
				t.Fatal("exit code", code, d.Output())
			}
			ran("3 up a b c", "1 master", "1 stop", "1 later")
		})
	}
}
