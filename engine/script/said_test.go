package script

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"holdfast/assets"
)

// What keeps a program from running stands in the status and in mails.
func TestHowAProgramEndedHasWords(t *testing.T) {
	folder := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, job := range map[string]Job{
		"good":            {Argv: []string{"/bin/true"}},
		"bad":             {Argv: []string{"/bin/sh", "-c", "exit 3"}},
		"signal":          {Argv: []string{"/bin/sh", "-c", "kill -9 $$"}},
		"slow":            {Argv: []string{"/bin/sleep", "60"}, Timeout: time.Millisecond},
		"missing":         {Argv: []string{"/nowhere/x"}},
		"missing in PATH": {Argv: []string{"no-such-program-here"}},
		"not executable":  {Argv: []string{file("plain", "x", 0o644)}},
		"a directory":     {Argv: []string{folder}},
		"no interpreter":  {Argv: []string{file("lost", "#!/nowhere/sh\n", 0o755)}},
		"carriage return": {Argv: []string{file("dos", "#!/bin/sh\r\n", 0o755)}},
		"no program":      {Argv: []string{file("zero", "\x7fELF\x00\x00", 0o755)}},
		"nothing":         {},
		"no user":         {Argv: []string{"/bin/true"}, User: "nobody-here"},
		"no group":        {Argv: []string{"/bin/true"}, User: "root", Group: "nobody-here"},
		"root refused":    {Argv: []string{"/bin/true"}, Secure: true},
		"unsafe":          {Argv: []string{file("loose", "#!/bin/sh\n", 0o777)}, User: "root", Secure: true},
		"gone":            {Argv: []string{"/nowhere/x"}, User: "root", Secure: true},
	} {
		said := Run(t.Context(), job).String()
		if code, _ := assets.Read(said); code == "" {
			t.Errorf("%s: %q has no form in the words", name, said)
		}
	}
	for _, errno := range []syscall.Errno{syscall.EAGAIN, syscall.ENOMEM, syscall.EMFILE, syscall.ENFILE, syscall.ETXTBSY, syscall.E2BIG, syscall.ENOEXEC, syscall.EACCES, syscall.EPERM, syscall.EIO, syscall.ELOOP} {
		if code, _ := assets.Read(errno.Error()); code == "" {
			t.Errorf("%q has no form in the words", errno.Error())
		}
	}
}
