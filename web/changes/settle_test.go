package changes

import (
	"context"
	"testing"

	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/store"
)

func TestOnlyARoleThatWentBackTakesFromWhatWasKept(t *testing.T) {
	ctx := context.Background()
	const before, kept, elsewhere = "! before\n", "! kept\n", "! from the command line\n"
	for _, row := range []struct {
		lvs, vrrp string
		want      store.Outcome
	}{
		{kept, kept, store.Kept},
		{kept, before, store.Split},
		{before, kept, store.Split},
		{before, before, store.Reverted},
		{kept, elsewhere, store.Kept},
		{elsewhere, elsewhere, store.Kept},
		{elsewhere, before, store.Kept},
	} {
		s, err := store.Open(ctx, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		w := &Workflow{store: s, roles: []role{{name: "lvs"}, {name: "vrrp"}}}
		var rev store.Revision
		for _, text := range []string{before, kept} {
			if rev, err = s.Commit(ctx, []byte(text), rev.Hash, "kim", ""); err == nil {
				err = s.MarkApplied(ctx, rev.Number, store.Kept, byOperator)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		now := seen{"lvs": control.Status{Hash: model.Hash([]byte(row.lvs))}, "vrrp": control.Status{Hash: model.Hash([]byte(row.vrrp))}}
		for look := range 3 {
			changed, _, err := w.lookAgain(ctx, rev, now)
			if err != nil || changed && look == 0 {
				t.Errorf("%+v: look %d: changed %v, %v", row, look, changed, err)
			}
			if changed {
				break
			}
		}
		last, err := s.Applications(ctx, 1)
		if err != nil || last[0].Outcome != row.want {
			t.Errorf("%+v: the history has %+v, %v", row, last, err)
		}
	}
}
