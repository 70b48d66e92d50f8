package engine

import (
	"context"
	"errors"
	"slices"
	"testing"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
)

func TestARoleGoesBackWithTheOtherOne(t *testing.T) {
	one, two := model.Hash([]byte(text("one"))), model.Hash([]byte(text("two")))
	for name, confirm := range map[string]float64{"confirmed": 0, "waits for its confirmation": 60} {
		s := newStage(t)
		r := s.start()
		r.apply(t, text("one"), 0)
		r.apply(t, text("two"), confirm)
		for _, wrong := range [][2]string{{one, two}, {two, two}, {two, "x"}} {
			var p *control.Problem
			if err := r.client.FallBack(context.Background(), wrong[0], wrong[1]); !errors.As(err, &p) {
				t.Errorf("%s: from %.4s to %.4s: %v", name, wrong[0], wrong[1], err)
			}
		}
		if err := r.client.FallBack(context.Background(), two, one); err != nil {
			t.Fatal(name, err)
		}
		r.fellAlong(t, name, one, two)
		if got := r.role.history(); !slices.Equal(got[1:], []string{"one", "two", "one"}) {
			t.Error(name, got)
		}
		told := r.collect(t, 0, journal.Held)
		if e := told[len(told)-2]; e.Kind != journal.Reverted || e.Facts["reason"] != "other-died" || told[len(told)-1].Mail {
			t.Errorf("%s: told %+v", name, told)
		}
		if err := r.client.Stop(context.Background(), "release"); err != nil {
			t.Fatal(err)
		}
		r.wait(t)
		again := s.start() // it lasts until a text is applied
		again.fellAlong(t, name, one, two)
		again.apply(t, text("three"), 0)
		if st, err := again.client.Status(context.Background()); err != nil || len(st.Held) > 0 {
			t.Error(name, st.Held, err)
		}
	}
}

// fellAlong fails unless a role runs one in place of two, and says why.
func (r run) fellAlong(t *testing.T, name, one, two string) {
	t.Helper()
	st, err := r.client.Status(context.Background())
	if err != nil || st.Hash != one || st.Pending != nil || len(st.Held) != 1 || st.Held[0].Code != "fell-back-along" || st.Held[0].Args["previous"] != two {
		t.Errorf("%s: %+v, %v", name, st, err)
	}
}
