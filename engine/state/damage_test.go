package state

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/model"
)

// damages are what a disk, a restore or a hand does to a file. nil is: it is gone.
var damages = map[string]func([]byte) []byte{
	"gone":           func([]byte) []byte { return nil },
	"empty":          func([]byte) []byte { return []byte{} },
	"the first half": func(b []byte) []byte { return b[:len(b)/2] },
	"zeros":          func(b []byte) []byte { return make([]byte, len(b)) },
	"a flipped byte": func(b []byte) []byte { b = bytes.Clone(b); b[len(b)/3] ^= 1; return b },
	"another node's": func([]byte) []byte { return []byte("vrrp_instance VI_9 {\n}\n") },
}

// harm damages one file of a role.
func harm(t *testing.T, path string, damage func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		if b = damage(b); b == nil {
			err = os.Remove(path)
		} else {
			err = os.WriteFile(path, b, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

const textOne, textTwo = "vrrp_instance VI_1 {\n}\n! one\n", "vrrp_instance VI_1 {\n}\n! two\n"

func TestTheLastTextThatFitsItsHashIsChosen(t *testing.T) {
	for name, damage := range damages {
		for file, want := range map[string]Choice{
			".conf":             {textOne, code.TextDamaged},
			".conf.sha256":      {textOne, code.TextDamaged},
			".conf.prev":        {textTwo, ""},
			".conf.prev.sha256": {textTwo, ""},
		} {
			a := saved(t, textOne, textTwo)
			harm(t, a.Path(file), damage)
			if got, err := a.Choose(); got != want || err != nil {
				t.Errorf("%s %s: %q, %v", file, name, got, err)
			}
		}
	}
}

func TestNoTextIsChosenWhenNoneFits(t *testing.T) {
	for name, damage := range damages {
		for _, files := range [][]string{{".conf", ".conf.prev"}, {".conf.sha256", ".conf.prev"}, {".conf", ".conf.prev.sha256"}} {
			a := saved(t, textOne, textTwo)
			for _, file := range files {
				harm(t, a.Path(file), damage)
			}
			if got, err := a.Choose(); got != (Choice{"", code.TextLost}) || err != nil {
				t.Errorf("%s %s: %q, %v", files, name, got, err)
			}
		}
		first := saved(t, textOne) // nothing was before it
		harm(t, first.Path(".conf"), damage)
		if got, err := first.Choose(); got != (Choice{"", code.TextLost}) || err != nil {
			t.Errorf("the first text, %s: %q, %v", name, got, err)
		}
	}
}

func TestADamagedPreviousTextIsNotGoneBackTo(t *testing.T) {
	for name, damage := range damages {
		for _, file := range []string{".conf.prev", ".conf.prev.sha256"} {
			a := saved(t, textOne, textTwo)
			harm(t, a.Path(file), damage)
			if text, err := a.Previous(); !errors.Is(err, ErrDamaged) {
				t.Errorf("%s %s: %q, %v", file, name, text, err)
			}
			if fell, err := a.FallBack(time.Now()); fell.To != "" || err != nil {
				t.Errorf("%s %s: fell back %v, %v", file, name, fell, err)
			}
		}
	}
}

func TestTextsOfAVersionWithoutHashesAreTaken(t *testing.T) {
	old := func() Applied {
		a := saved(t, textOne, textTwo)
		for _, file := range []string{".conf.sha256", ".conf.prev.sha256"} {
			harm(t, a.Path(file), damages["gone"])
		}
		return a
	}
	a := old()
	c, err := a.Choose()
	before, err2 := a.Previous()
	if c != (Choice{textTwo, ""}) || before != textOne || err != nil || err2 != nil {
		t.Fatal(c, before, err, err2)
	}
	if err := a.Repair(c, time.Now()); err != nil {
		t.Fatal(err)
	}
	harm(t, a.Path(".conf"), damages["a flipped byte"])
	if c, err := a.Choose(); c != (Choice{textOne, code.TextDamaged}) || err != nil {
		t.Error("not noticed after the first start:", c, err)
	}
	b := old()
	if err := b.Save("three"); err != nil {
		t.Fatal(err)
	}
	if before, err := b.Previous(); before != textTwo || err != nil {
		t.Error(before, err)
	}
}

func TestATextEditedByHandRunsWhenItsHashIsWritten(t *testing.T) {
	a := saved(t, textOne, textTwo)
	mine := textTwo + "! by hand\n"
	if err := os.WriteFile(a.Path(".conf"), []byte(mine), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := model.Hash([]byte(mine)) + "  " + filepath.Base(a.Path(".conf")) + "\n" // sha256sum vrrp.conf >vrrp.conf.sha256
	if err := os.WriteFile(a.Path(".conf.sha256"), []byte(sum), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := a.Choose(); c != (Choice{mine, ""}) || err != nil {
		t.Fatal(c, err)
	}
}

func TestRepairPutsTheDamagedTextAsideAndSaysSo(t *testing.T) {
	a := saved(t, textOne, textTwo)
	harm(t, a.Path(".conf"), damages["the first half"])
	c, err := a.Choose()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Repair(c, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if c, err := a.Choose(); c != (Choice{textOne, ""}) || err != nil {
		t.Error("the repaired state:", c, err)
	}
	if b, err := os.ReadFile(a.Path(".conf.damaged")); string(b) != textTwo[:len(textTwo)/2] || err != nil {
		t.Errorf("put aside: %q, %v", b, err)
	}
	if c, err := a.Condition(model.Hash([]byte(textOne))); c == nil || c.Code != code.TextDamaged || err != nil {
		t.Error(c, err)
	}
	if c, err := a.Condition(model.Hash([]byte(textTwo))); c != nil || err != nil {
		t.Error("counts for another text:", c, err)
	}
}

func TestNothingIsTouchedWhenNoTextFits(t *testing.T) {
	a := saved(t, textOne)
	harm(t, a.Path(".conf"), damages["the first half"])
	c, err := a.Choose()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Repair(c, time.Now()); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(a.Path(".conf")); string(b) != textOne[:len(textOne)/2] || err != nil {
		t.Errorf("%q, %v", b, err)
	}
}

// Where a disk gives no bytes, the other text stands in as for wrong bytes.
func TestATextThatCannotBeReadIsDamaged(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"a directory": func(path string) error { return os.Mkdir(path, 0o700) },
		"a FIFO":      func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a loop":      func(path string) error { return os.Symlink(path, path) },
		"a device":    func(path string) error { return os.Symlink("/dev/zero", path) },
	} {
		for file, want := range map[string]Choice{
			".conf":             {textOne, code.TextDamaged},
			".conf.sha256":      {textOne, code.TextDamaged},
			".conf.prev":        {textTwo, ""},
			".conf.prev.sha256": {textTwo, ""},
		} {
			a := saved(t, textOne, textTwo)
			if err := errors.Join(os.Remove(a.Path(file)), put(a.Path(file))); err != nil {
				t.Fatal(err)
			}
			got, err := a.Choose()
			if got != want || err != nil {
				t.Errorf("%s %s: %q, %v", file, name, got, err)
			}
			if err := errors.Join(a.Repair(got, time.Now()), a.Save("three")); err != nil {
				t.Errorf("%s %s: %v", file, name, err)
			}
			if got, err := a.Choose(); got != (Choice{Text: "three"}) || err != nil {
				t.Errorf("%s %s, then a new text: %q, %v", file, name, got, err)
			}
		}
	}
}
