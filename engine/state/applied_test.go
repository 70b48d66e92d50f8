package state

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/model"
)

func saved(t *testing.T, texts ...string) Applied {
	t.Helper()
	a := AppliedIn(t.TempDir(), "vrrp")
	for _, text := range texts {
		if err := a.Save(text); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func TestTheTextBeforeTheAppliedOneIsKept(t *testing.T) {
	a := saved(t, "one", "two", "two")
	now, err := a.Text()
	before, err2 := a.Previous()
	if now != "two" || before != "one" || err != nil || err2 != nil {
		t.Fatal(now, before, err, err2)
	}
}

func TestFirstStartRunsNoText(t *testing.T) {
	if text, err := saved(t).Text(); text != "" || err != nil {
		t.Fatal(text, err)
	}
}

func TestAppliedTextIsForItsOwnerOnly(t *testing.T) {
	a := saved(t, "auth_pass secret")
	info, err := os.Stat(a.Path(".conf"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info.Mode(), err)
	}
}

func TestFallBackGoesToThePreviousTextAndSaysSo(t *testing.T) {
	a := saved(t, "one", "two")
	if fell, err := FallBack(a.dir, a.role); fell.To == "" || err != nil {
		t.Fatal(fell, err)
	}
	if text, err := a.Text(); text != "one" || err != nil {
		t.Fatal(text, err)
	}
	if c, err := a.Condition(model.Hash([]byte("one"))); c == nil || c.Code != code.FellBack || c.From != model.Hash([]byte("two")) || err != nil {
		t.Fatal(c, err)
	}
	if fell, err := FallBack(a.dir, a.role); fell.To != "" || err != nil {
		t.Fatal("fell twice", err)
	}
}

func TestNothingFallsBackToNoConfiguration(t *testing.T) {
	for name, a := range map[string]Applied{"first text": saved(t, "one"), "after an empty one": saved(t, "", "one"), "none at all": saved(t)} {
		if fell, err := FallBack(a.dir, a.role); fell.To != "" || err != nil {
			t.Error(name, fell, err)
		}
	}
}

func TestPendingConfirmationOfAnotherTextIsVoid(t *testing.T) {
	a := saved(t, "one")
	hash := model.Hash([]byte("one"))
	if err := a.SavePending(control.Pending{Hash: hash, Until: time.Unix(1, 0)}); err != nil {
		t.Fatal(err)
	}
	if p, err := a.Pending(hash); p == nil || err != nil {
		t.Fatal(p, err)
	}
	if p, err := a.Pending(model.Hash([]byte("two"))); p != nil || err != nil {
		t.Fatal(p, err)
	}
	if err := a.DropPending(); err != nil {
		t.Fatal(err)
	}
	if p, err := a.Pending(hash); p != nil || err != nil {
		t.Fatal(p, err)
	}
}

func TestWriteLeavesNothingButTheFile(t *testing.T) {
	a := saved(t, "one", "two", "three")
	names, err := filepath.Glob(filepath.Join(a.dir, "*"))
	hidden, err2 := filepath.Glob(filepath.Join(a.dir, ".*"))
	if len(names) != 4 || len(hidden) != 0 || err != nil || err2 != nil {
		t.Fatal(names, hidden, err, err2)
	}
}

func TestShortestDownIsThatOfTheQuickestInstance(t *testing.T) {
	every := func(d time.Duration) model.Instance { return model.Instance{Advert: model.Some(model.Seconds(d))} }
	slow := every(time.Second)
	slow.DownTimerAdverts = model.Some(2)
	for _, c := range []struct {
		cfg  model.Config
		want time.Duration
	}{
		{model.Config{}, model.Unpeered},
		{model.Config{Instances: []model.Instance{every(time.Second), every(100 * time.Millisecond)}}, 300 * time.Millisecond},
		{model.Config{Instances: []model.Instance{slow}}, 2 * time.Second},
	} {
		if got := model.ShortestDown(c.cfg); got != c.want {
			t.Errorf("%v: %v", c.cfg.Instances, got)
		}
	}
}
