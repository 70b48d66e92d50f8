package lvsrole

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
)

// lines is a log that a test reads while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) count(part string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), part)
}

func TestFailuresWithinTheRetriesAreLoggedWhereTheTextSaysSo(t *testing.T) {
	for _, row := range []struct {
		global, check string
		logged        int
	}{
		{"", "", 0}, {"", "log_all_failures", 3}, {"checker_log_all_failures", "", 3}, {"checker_log_all_failures", "log_all_failures no", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			w, log := newWorld(t), &lines{}
			w.log = slog.New(slog.NewTextHandler(log, nil))
			text := strings.ReplaceAll(tutorial(""), "retry 3", "retry 3\n"+row.check)
			p := w.boot(configOf(t, "global_defs {\n"+row.global+"\n}\n"+text), w.options())
			defer p.crash()
			time.Sleep(20 * time.Second)
			synctest.Wait()
			w.breakDown(firstServer, "connection refused")
			time.Sleep(time.Minute) // it goes down, and fails on while it is down
			synctest.Wait()
			if got := w.pool(); got != "192.0.2.34=2" {
				t.Fatalf("pool %s", got)
			}
			if got := log.count("check failed"); got != row.logged {
				t.Errorf("%+v: %d failures are logged", row, got)
			}
			if row.logged > 0 && log.count("server=192.0.2.33:80 check=\"HTTP_GET http://192.0.2.33:80/\" reason=\"connection refused\" failures=2 retry=3") != 1 {
				t.Errorf("the log is\n%s", &log.text)
			}
		})
	}
}

func TestNotifyUpRunsForServersThatBeginUpWhereTheTextSaysSo(t *testing.T) {
	heard := filepath.Join(t.TempDir(), "heard")
	program := scriptOf(t, `echo "$1" >> `+heard)
	text := func(word, servers string) string {
		return fmt.Sprintf("global_defs {\nscript_user root\n%s\n}\nvirtual_server 192.0.2.100 80 {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\n%s}\n", word, servers)
	}
	server := func(n int, words string) string {
		return fmt.Sprintf("real_server 192.0.2.%d 80 {\nnotify_up \"%s %d\"\n%s\n}\n", n, program, n, words)
	}
	first := server(33, "") + server(34, "alpha\nTCP_CHECK {\ndelay_loop 60\n}")
	more := first + server(35, "")
	for word, want := range map[string]string{"rs_init_notifies": "33 35", "": ""} {
		if err := os.Remove(heard); err != nil && !os.IsNotExist(err) { // of the row before
			t.Fatal(err)
		}
		w := newWorld(t)
		p := w.boot(configOf(t, text(word, first)), w.options())
		p.apply(configOf(t, text(word, more)))
		p.stop(control.Handoff) // waits for programs
		p = w.boot(configOf(t, text(word, more)), w.options())
		p.stop(control.Release)
		said, err := os.ReadFile(heard)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		ran := strings.Fields(string(said))
		slices.Sort(ran) // programs of two servers run beside each other
		if got := strings.Join(ran, " "); got != want {
			t.Errorf("%q: notify_up of %q ran, want %q", word, got, want)
		}
	}
}
