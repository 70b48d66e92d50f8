package engine

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"holdfast/engine/atomicfile"
	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/engine/state"
)

// An act is something that is asked of the role, and the text that runs when it
// was answered with success.
type act struct {
	name string
	do   func(run, *atomicfile.Twin, stage) error
	then string
}

func applies(id string, confirm float64) act {
	return act{"apply " + id, func(r run, _ *atomicfile.Twin, _ stage) error {
		_, err := r.client.Apply(context.Background(), control.ApplyRequest{Text: text(id), Confirm: confirm})
		return err
	}, id}
}

// aDay does not end while a test runs.
const aDay = 24 * 3600

// The power is cut at each operation of each way to change the applied text. The
// start after it runs the text whose last answer was success, or that of the act
// under way, and holds none of its files for damaged.
func TestNoDecisionIsLostWhenThePowerIsCut(t *testing.T) {
	confirms := act{"confirm two", func(r run, _ *atomicfile.Twin, _ stage) error {
		return r.client.Confirm(context.Background(), model.Hash([]byte(text("two"))))
	}, "two"}
	reverts := act{"revert two", func(r run, _ *atomicfile.Twin, _ stage) error {
		_, err := r.client.Revert(context.Background(), model.Hash([]byte(text("two"))))
		return err
	}, "one"}
	falls := act{"fall back", func(_ run, d *atomicfile.Twin, s stage) error {
		_, err := state.AppliedOn(d, filepath.Join(s.dir, "state"), "vrrp").FallBack(time.Unix(1, 0))
		return err
	}, "one"}
	for _, acts := range [][]act{
		{applies("one", 0), applies("two", 0), applies("three", 0)},
		{applies("one", 0), applies("two", aDay), confirms, applies("three", aDay)},
		{applies("one", 0), applies("two", aDay), reverts, applies("three", 0)},
		{applies("one", 0), applies("two", 0), falls},
	} {
		whole := countOperations(t, acts)
		for cut := range whole + 1 {
			for _, lucky := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s cut at %d lucky %v", acts[len(acts)-1].name, cut, lucky), func(t *testing.T) {
					t.Parallel()
					cutAt(t, acts, cut, lucky)
				})
			}
		}
	}
}

// countOperations is how many operations the acts take.
func countOperations(t *testing.T, acts []act) int {
	d, s := &atomicfile.Twin{}, newStage(t)
	r := s.start(func(o *Options) { o.Disk = d })
	defer r.cancel()
	for _, a := range acts {
		if err := a.do(r, d, s); err != nil {
			t.Fatal(a.name, err)
		}
	}
	return d.Count()
}

func cutAt(t *testing.T, acts []act, cut int, lucky bool) {
	d, s := &atomicfile.Twin{}, newStage(t)
	d.CutAfter(cut)
	r := s.start(func(o *Options) { o.Disk = d })
	sure, confirmed, under := "n1", false, "" // the node's name, where no text says router_id
	for _, a := range acts {
		if err := a.do(r, d, s); err != nil {
			under = a.then
			break
		}
		sure, confirmed = a.then, a.name == "confirm two"
	}
	r.cancel()
	r.wait(t)
	after := s.start(func(o *Options) { o.Disk = d.Reboot(lucky) })
	defer after.cancel()
	ran := after.role.history()[0]
	if ran != sure && (under == "" || ran != under) {
		t.Errorf("%q runs, not %q", ran, sure)
	}
	st, err := after.client.Status(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if ran == "two" && confirmed && st.Pending != nil {
		t.Error("what was confirmed waits again")
	}
	for _, h := range st.Held {
		if h.Code != code.FellBack {
			t.Error("nothing is damaged:", h)
		}
	}
	if slices.ContainsFunc(st.Held, func(h control.Blocked) bool { return h.Code == code.FellBack }) && ran != "one" {
		t.Error("fell back to", ran)
	}
}
