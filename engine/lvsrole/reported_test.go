package lvsrole

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
)

// What follows was reported of keepalived by its users, and has to go well here.
// The numbers are those of its issues.

// Issues 1163, 1144 and 608: the check of a server that is down is written
// otherwise, and taken away.
func TestStateFollowsACheckThatAReloadChanges(t *testing.T) {
	text := func(global, check string) string {
		return fmt.Sprintf("virtual_server 192.0.2.100 80 {\ndelay_loop 6\nlb_algo rr\nlb_kind DR\nprotocol TCP\n%s\nreal_server 192.0.2.33 80 {\n%s\n}\n}\n", global, check)
	}
	tcp := func(port int) string { return fmt.Sprintf("TCP_CHECK {\nconnect_port %d\nconnect_timeout 3\n}", port) }
	for _, alpha := range []string{"", "alpha"} {
		t.Run("alpha "+alpha, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.breakDown("192.0.2.33:81", "connection refused")
				w.breakDown("192.0.2.33:82", "connection refused")
				p := w.boot(configOf(t, text(alpha, tcp(81))), w.options())
				defer p.crash()
				is := func(step, want string) {
					t.Helper()
					time.Sleep(30 * time.Second)
					synctest.Wait()
					if got := w.pool(); got != want {
						t.Errorf("%s: pool %q, want %q", step, got, want)
					}
				}
				is("a failing check", "")
				p.apply(configOf(t, text(alpha, tcp(80))))
				is("a port that answers", "192.0.2.33=1")
				p.apply(configOf(t, text(alpha, tcp(82))))
				is("a port that does not", "")
				p.apply(configOf(t, text(alpha, "")))
				is("no check", "192.0.2.33=1")
			})
		})
	}
}

// Pull request 33 and issue 1816: a quorum with hysteresis and a sorry server.
func TestQuorumScriptsRunOnceEachAndTheHysteresisIsCut(t *testing.T) {
	dir := t.TempDir()
	heard := filepath.Join(dir, "heard")
	program := scriptOf(t, `echo "$1" >> `+heard)
	text := fmt.Sprintf(`global_defs {
    script_user root
}
virtual_server 192.0.2.100 80 {
    delay_loop 0.05
    warmup 0
    lb_algo rr
    lb_kind DR
    protocol TCP
    quorum 1
    hysteresis 1
    omega
    quorum_up "%[1]s up"
    quorum_down "%[1]s down"
    sorry_server 192.0.2.50 80
    real_server 192.0.2.33 80 {
        TCP_CHECK {
            connect_timeout 1
            retry 0
        }
    }
}
`, program)
	w := newWorld(t)
	p := w.boot(configOf(t, text), w.options())
	lines := func() []string {
		text, err := os.ReadFile(heard)
		if err != nil {
			return nil
		}
		return strings.Fields(string(text))
	}
	serves := func(want string) bool {
		table := w.table()
		return len(table) == 1 && poolOf(table[0]) == want
	}
	want := []string{"up"} // the quorum is gained at the start
	eventually(t, "the start is told", func() bool { return serves("192.0.2.33=1") && len(lines()) == 1 })
	for range 2 {
		w.breakDown(firstServer, "connection refused")
		want = append(want, "down")
		eventually(t, "the sorry server serves, and is told", func() bool { return serves("192.0.2.50=1") && len(lines()) == len(want) })
		w.heal(firstServer)
		want = append(want, "up")
		eventually(t, "the server serves, and is told", func() bool { return serves("192.0.2.33=1") && len(lines()) == len(want) })
	}
	p.stop(control.Release)
	want = append(want, "down")
	if got := lines(); !slices.Equal(got, want) {
		t.Errorf("the scripts ran as %q, want %q", got, want)
	}
	if n := len(w.told(journal.QuorumState)); n < 4 {
		t.Errorf("%d changes of the quorum in the journal", n)
	}
}

// Issue 765: a service over UDP whose servers are asked over HTTP.
func TestServiceOverUDPIsCheckedOverHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, `virtual_server 192.0.2.100 53 {
    delay_loop 6
    lb_algo rr
    lb_algo wrr
    ops
    lb_kind DR
    protocol UDP
    real_server 192.0.2.33 53 {
        HTTP_GET {
            connect_port 8080
            url {
              path /
              status_code 200
            }
        }
    }
}
`), w.options())
		defer p.crash()
		synctest.Wait()
		table := w.table()
		if len(table) != 1 || table[0].Scheduler != "wrr" || !strings.Contains(fmt.Sprint(table[0]), "192.0.2.33") {
			t.Errorf("table: %+v", table)
		}
		w.breakDown("192.0.2.33:8080", "HTTP 503, 1 ms")
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if got := w.pool(); got != "" {
			t.Errorf("pool %q", got)
		}
	})
}
