package engine

import (
	"errors"
	"slices"
	"testing"

	"holdfast/engine/journal"
	"holdfast/engine/script"
)

func TestAProgramThatCannotBeRunIsHeldUntilItRunsOrIsNotNamed(t *testing.T) {
	var told []string
	u := NewUnrun(func(e journal.Entry) {
		told = append(told, string(e.Kind)+" "+e.Object+" "+e.Facts[journal.FactCommand]+" "+e.Facts[journal.FactReason])
	})
	missing := script.Result{Code: -1, Err: errors.New("no such file")}
	for _, object := range []string{"VI_1", "VI_1", "VI_2"} {
		u.Ran(object, "/x/notify", missing)
	}
	u.Ran("VI_1", "/x/other", script.Result{Code: 7}) // it ran
	if held := u.Held(); len(held) != 2 || held[0].Object != "VI_1" || held[0].Code != "notify-not-run" || held[0].Args["reason"] != "no such file" {
		t.Errorf("held %+v", held)
	}
	u.Ran("VI_1", "/x/notify", script.Result{})
	u.Keep(func(object, _ string) bool { return object == "VI_1" })
	if held := u.Held(); len(held) > 0 {
		t.Errorf("still held %+v", held)
	}
	want := []string{"held VI_1 /x/notify no such file", "held VI_2 /x/notify no such file", "unheld VI_1 /x/notify ", "unheld VI_2 /x/notify "}
	if !slices.Equal(told, want) {
		t.Errorf("told %q", told)
	}
}
