package parent

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestConsoleCannotRenameWhatTheEngineBootsFrom(t *testing.T) {
	data := filepath.Join(place(t), "data")
	dir := filepath.Join(data, DatabaseName)
	id, reason, err := Settle(data, Owner(data))
	if err != nil || reason != "" || id.UID == 0 || id.UID == nobody {
		t.Fatal(id, reason, err)
	}
	if dir == data || owner(t, dir) != id.UID || owner(t, data) != 0 {
		t.Errorf("%s belongs to %d, %s to %d", dir, owner(t, dir), data, owner(t, data))
	}
	if info, err := os.Stat(data); err != nil || info.Mode().Perm() != 0o711 {
		t.Error(info.Mode(), err)
	}
}

func TestOldDataDirectoryIsSettledAnew(t *testing.T) {
	data := filepath.Join(place(t), "data")
	if err := errors.Join(
		os.MkdirAll(data+"/state", 0o700), os.WriteFile(data+"/config.db", []byte("c"), 0o600),
		os.WriteFile(data+"/journal.db-wal", []byte("j"), 0o600), os.WriteFile(data+"/notes", nil, 0o600),
		os.Chown(data, nobody, nobody), os.Chown(data+"/config.db", nobody, nobody),
	); err != nil {
		t.Fatal(err)
	}
	if before := DatabaseDir(data); before != data {
		t.Fatal("the old database is looked for in", before)
	}
	dir := filepath.Join(data, DatabaseName)
	id, reason, err := Settle(data, Owner(data))
	if err != nil || reason != "" || id.UID == nobody || DatabaseDir(data) != dir {
		t.Fatal(dir, id, reason, err)
	}
	for path, want := range map[string]uint32{
		data: 0, data + "/state": 0, data + "/notes": 0, dir: id.UID, dir + "/config.db": id.UID, dir + "/journal.db-wal": id.UID,
	} {
		if got := owner(t, path); got != want {
			t.Errorf("%s belongs to %d", path, got)
		}
	}
	if again, _, err := Settle(data, Owner(data)); again != id || err != nil {
		t.Error("the second start runs as", again, err)
	}
}

func TestDatabaseDirectoryThatLeadsElsewhereIsRefused(t *testing.T) {
	base := place(t)
	data, elsewhere := base+"/data", base+"/elsewhere"
	if err := errors.Join(os.MkdirAll(data+"/state", 0o700), os.Mkdir(elsewhere, 0o700), os.Symlink(elsewhere, data+"/web")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Settle(data, Owner(data)); err == nil || owner(t, elsewhere) != 0 {
		t.Fatal(err, owner(t, elsewhere))
	}
}

func TestSettlingLeavesAForeignDirectoryAlone(t *testing.T) {
	data := place(t)
	if err := errors.Join(os.WriteFile(data+"/precious", nil, 0o600), os.Chown(data, 12345, 12345)); err != nil {
		t.Fatal(err)
	}
	id, reason, err := Settle(data, Owner(data))
	if err != nil || reason == "" || id != (Identity{Confined: true}) || owner(t, data) != 12345 || owner(t, data+"/precious") != 0 {
		t.Fatal(id, reason, err, owner(t, data))
	}
}
