package lvsrole

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"holdfast/engine/control"
)

func TestDamagedManifestKeepsNoServiceOutOfTheTable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for _, name := range []string{"lvs.manifest", recordName} {
			if err := os.WriteFile(filepath.Join(w.dir, name), []byte("\x00{garbage\xff\n\n12z"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		p := w.boot(configOf(t, tutorial("")), w.options())
		synctest.Wait()
		if got := w.pool(); got != bothServers {
			t.Errorf("pool %s", got)
		}
		p.stop(control.Release)
	})
}
