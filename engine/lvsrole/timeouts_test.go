package lvsrole

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/plan"
)

func TestTimeoutsAreTheTextsAndInTheEndTheKernelsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		text := func(line string) string { return "global_defs {\n" + line + "\n}\n" }
		expect := func(when, want string) {
			t.Helper()
			synctest.Wait()
			got, err := w.twin.Timeouts()
			if got := fmt.Sprint(got.TCP, " ", got.FIN, " ", got.UDP); err != nil || got != want {
				t.Errorf("%s: %s, %v, want %s", when, got, err, want)
			}
		}
		p := w.boot(configOf(t, text("lvs_timeouts tcp 5 udp 7")), w.options())
		expect("without a virtual server", "900 120 300")
		p.apply(configOf(t, text("lvs_timeouts tcp 5 udp 7")+tutorial("")))
		expect("with one", "5 120 7")
		planned, err := p.role.Plan(t.Context(), configOf(t, text("lvs_timeouts tcpfin 9")+tutorial("")))
		if got := strings.Join(planned.Lines, "; "); err != nil || got != "ipvsadm --set 900 9 300" {
			t.Errorf("the preview says %q, %v", got, err)
		}
		p.apply(configOf(t, text("lvs_timeouts tcpfin 9")+tutorial("")))
		expect("with another", "900 9 300")
		if _, err := w.twin.Apply(t.Context(), plan.Plan{{Verb: plan.SetTimeouts, Timeouts: plan.Timeouts{TCP: 1}}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		expect("after somebody else set them", "900 9 300")
		p.crash()
		p = w.boot(configOf(t, text("lvs_timeouts tcpfin 9")+tutorial("")), w.options())
		expect("after a crash", "900 9 300")
		p.apply(configOf(t, tutorial("")))
		expect("without the word", "900 120 300")
		p.apply(configOf(t, text("lvs_timeouts udp 8")+tutorial("")))
		p.stop(control.Release)
		expect("at the end", "900 120 300")
	})
}
