package state

import (
	"path/filepath"
	"strings"
	"testing"

	"holdfast/engine/atomicfile"
	"holdfast/engine/model"
)

// counting is a disk that counts how often a text is read.
type counting struct {
	atomicfile.Disk
	texts int
}

func (c *counting) Read(path string) ([]byte, error) {
	if strings.Contains(filepath.Base(path), ".conf") && !strings.HasSuffix(path, sumOf) {
		c.texts++
	}
	return c.Disk.Read(path)
}

func TestLargeTextIsReadOnceForEachStepOfAChange(t *testing.T) {
	disk := &counting{Disk: atomicfile.Real{}}
	a := AppliedOn(disk, t.TempDir(), "lvs")
	for _, text := range []string{"one", "two"} {
		if err := a.Save(text); err != nil {
			t.Fatal(err)
		}
	}
	reads := func(step func() error) int {
		t.Helper()
		disk.texts = 0
		if err := step(); err != nil {
			t.Fatal(err)
		}
		return disk.texts
	}
	if n := reads(func() error { _, err := a.Choose(); return err }); n != 1 {
		t.Errorf("the choice of a text takes %d reads", n)
	}
	if n := reads(func() error { _, err := a.Prepare("two", "three", nil); return err }); n != 1 {
		t.Errorf("the preparation of a change takes %d reads", n)
	}
	if n := reads(func() error { return a.Keep("three") }); n != 1 {
		t.Errorf("keeping a text takes %d reads", n)
	}
	if text, err := a.Previous(); text != "two" || err != nil {
		t.Errorf("the text before is %q (%v)", text, err)
	}
}

func TestTheAppliedTextStandsUntilItsHashesNameAnotherOne(t *testing.T) {
	a := AppliedIn(t.TempDir(), "lvs")
	stands := func(text string) bool { return a.Stands(model.HashText(text)) }
	if stands("") {
		t.Error("no text stands where none was ever applied")
	}
	for _, text := range []string{"one", "two"} {
		if err := a.Save(text); err != nil {
			t.Fatal(err)
		}
	}
	if !stands("two") || stands("one") {
		t.Errorf("two stands: %v, one: %v", stands("two"), stands("one"))
	}
}
