package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"holdfast/store"
)

// consoleOwner is who the database belongs to in these tests.
const consoleOwner = 65530

// foreignData is a data directory whose database belongs to the console's user.
func foreignData(t *testing.T) (data, web string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may act in another user's directory")
	}
	data, err := os.MkdirTemp("", "hf")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(data) })
	web = filepath.Join(data, "web")
	if err := errors.Join(os.Chmod(data, 0o711), os.Mkdir(web, 0o700), os.Chown(web, consoleOwner, consoleOwner)); err != nil {
		t.Fatal(err)
	}
	return data, web
}

func TestRootImportsAndExportsAsTheOwnerOfTheDatabase(t *testing.T) {
	data, web := foreignData(t)
	const text = "vrrp_instance V {\n    interface lo\n    virtual_router_id 1\n    virtual_ipaddress {\n        192.0.2.9\n    }\n}\n"
	private := filepath.Join(t.TempDir(), "root.conf") // only root may read it
	if err := os.WriteFile(private, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := bounded(t, nil, "import", private, "--data", data); code != 0 {
		t.Fatal(code, out)
	}
	if out, code := bounded(t, nil, "export", "--data", data); code != 0 || out != text {
		t.Error(code, out)
	}
	files, err := filepath.Glob(filepath.Join(web, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Sys().(*syscall.Stat_t).Uid != consoleOwner {
			t.Error(file, info, err)
		}
	}
	s, err := store.Open(t.Context(), web)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if r, err := s.Head(t.Context()); err != nil || r.Author != author() {
		t.Error("imported by", r.Author, err)
	}
}

func TestRootMakesNothingWhereALinkOfTheConsolesLeads(t *testing.T) {
	const text = "vrrp_instance V {\n    interface lo\n    virtual_router_id 1\n}\n"
	for _, name := range []string{"config.db", "journal.db"} {
		for _, command := range []string{"import", "export"} {
			data, web := foreignData(t)
			secret := filepath.Join(data, "secret") // a directory that only root may enter
			if err := errors.Join(os.Mkdir(secret, 0o700), os.Symlink(filepath.Join(secret, "planted"), filepath.Join(web, name))); err != nil {
				t.Fatal(err)
			}
			args := []string{command}
			if command == "import" {
				args = append(args, file(t, text))
			}
			if out, code := bounded(t, nil, append(args, "--data", data)...); code == 0 || strings.Contains(out, "panic") {
				t.Error(name, command, code, out)
			}
			if made, err := os.ReadDir(secret); err != nil || len(made) != 0 {
				t.Error(name, command, "made", made, err)
			}
		}
	}
}
