package lvsrole

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"

	"holdfast/engine/control"
	"holdfast/engine/plan"
)

// tables are what the kernel has, as "ADDR: ADDR=WEIGHT ...".
func (w *world) tables() string {
	var all []string
	for _, s := range w.table() {
		all = append(all, fmt.Sprintf("%s: %s", s.Key.Addr, poolOf(s)))
	}
	return strings.Join(all, ", ")
}

func TestTheTableIsFlushedOnlyWhereTheTextAsksForIt(t *testing.T) {
	const ours, stranger, guest = "192.0.2.100: 192.0.2.33=1 192.0.2.34=2", "192.0.2.200: 192.0.2.77=1", "192.0.2.100: 192.0.2.78=1"
	for _, row := range []struct{ word, start, resumed, stopped string }{
		{"", ours + ", " + stranger, ours + " 192.0.2.78=1, " + stranger, guest + ", " + stranger},
		{"lvs_flush", ours, ours + " 192.0.2.78=1, " + stranger, guest + ", " + stranger},
		{"lvs_flush_on_stop", ours + ", " + stranger, ours + " 192.0.2.78=1, " + stranger, ""},
		{"lvs_flush_on_stop VS", ours + ", " + stranger, ours + " 192.0.2.78=1, " + stranger, stranger},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			put := func(key plan.ServiceKey, server string, verbs ...plan.Verb) {
				for _, verb := range verbs {
					op := plan.Op{Verb: verb, Service: plan.Service{Key: key, Scheduler: "rr"}, Destination: plan.Destination{
						Addr: netip.MustParseAddr(server), Port: 80, Weight: 1,
					}}
					if _, err := w.twin.Apply(t.Context(), plan.Plan{op}); err != nil {
						t.Fatal(err)
					}
				}
			}
			strange := plan.ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.200"), Port: 80}
			shared := plan.ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.100"), Port: 80}
			put(strange, "192.0.2.77", plan.AddService, plan.AddDestination)
			cfg := configOf(t, "global_defs {\n"+row.word+"\n}\n"+tutorial(""))
			p := w.boot(cfg, w.options())
			synctest.Wait()
			if got := w.tables(); got != row.start {
				t.Errorf("%q: the table is %s at the start, want %s", row.word, got, row.start)
			}
			if s := p.status(); (len(s.Strangers) == 0) != (row.word == "lvs_flush") {
				t.Errorf("%q: others have %v", row.word, s.Strangers)
			}
			p.stop(control.Handoff)
			if row.word == "lvs_flush" {
				put(strange, "192.0.2.77", plan.AddService, plan.AddDestination)
			}
			put(shared, "192.0.2.78", plan.AddDestination)
			p = w.boot(cfg, w.options())
			synctest.Wait()
			if got := w.tables(); got != row.resumed {
				t.Errorf("%q: the table is %s after a handoff, want %s", row.word, got, row.resumed)
			}
			p.stop(control.Release)
			if got := w.tables(); got != row.stopped {
				t.Errorf("%q: the table is %s at the end, want %s", row.word, got, row.stopped)
			}
		})
	}
}

// A service that is wished stays as it is, whoever put it there: keepalived cuts its
// connections.
func TestFlushingTouchesNoServiceThatStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		cfg := configOf(t, "global_defs {\nlvs_flush\n}\n"+tutorial(""))
		p := w.boot(cfg, w.options())
		synctest.Wait()
		p.crash()
		if err := recordIn(w.dir).remove(); err != nil {
			t.Fatal(err)
		}
		before := len(w.twin.Applied())
		p = w.boot(cfg, w.options())
		defer p.crash()
		synctest.Wait()
		if did := w.twin.Applied()[before:]; len(did) != 0 {
			t.Errorf("it did %v", did.Lines())
		}
	})
}
