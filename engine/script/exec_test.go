package script

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// program makes an executable file of this text.
func program(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestScriptWithoutInterpreterIsRunByTheShellAsExecvpDoes(t *testing.T) {
	for name, row := range map[string]struct {
		text string
		code int
	}{
		"no first line":           {"test -e /etc/passwd\n", 0},
		"its own exit":            {"exit 7\n", 7},
		"its last command":        {"test -e /nowhere\n", 1},
		"blank first line":        {"\n#!/bin/sh\nexit 3\n", 3},
		"blank in front":          {" #!/bin/sh\nexit 3\n", 3},
		"comment first":           {"# checks nginx\n#!/bin/bash\nexit 3\n", 3},
		"byte order mark":         {"\xef\xbb\xbf#!/bin/sh\nexit 3\n", 3},
		"empty":                   {"", 0},
		"arguments":               {`test "$1|$2|$#" = "a b|MASTER|2"` + "\n", 0},
		"name":                    {`test "$(basename "$0")" = program` + "\n", 0},
		"#! without interpreter":  {"#!\nexit 3\n", 3},
		"with a first line":       {"#!/bin/sh\nexit 5\n", 5},
		"first line with a blank": {"#! /bin/sh -e\nfalse\nexit 0\n", 1},
	} {
		r := do(t, Job{Argv: []string{program(t, row.text), "a b"}, Args: []string{"MASTER"}})
		if r.Err != nil || r.Code != row.code {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestProgramOfAnotherMachineIsNotGivenToTheShell(t *testing.T) {
	for _, text := range []string{"\x7fELF\x02\x01\x01\x00\x00\x00", "MZ\x00\x00touch /x\n"} {
		if r := do(t, Job{Argv: []string{program(t, text)}}); !errors.Is(r.Err, ErrFormat) || r.Code != -1 {
			t.Errorf("%+v", r)
		}
	}
}

func TestMissingInterpreterIsToldApartFromAMissingScript(t *testing.T) {
	for text, want := range map[string]error{
		"#!/bin/bash\r\nexit 0\r\n":       ErrCarriageReturn,
		"#! /bin/sh\r\n":                  ErrCarriageReturn,
		"#!/nowhere/python3\nprint()\n":   ErrInterpreter,
		"#!/nowhere/env -S python\r\nx\n": ErrInterpreter,
	} {
		r := do(t, Job{Argv: []string{program(t, text)}})
		if !errors.Is(r.Err, want) || errors.Is(r.Err, fs.ErrNotExist) {
			t.Errorf("%q: %+v", text, r)
		}
	}
	if r := do(t, Job{Argv: []string{"/nowhere/script"}}); !errors.Is(r.Err, fs.ErrNotExist) {
		t.Errorf("%+v", r)
	}
}

func TestScriptSecurityHoldsForAScriptWithoutInterpreter(t *testing.T) {
	path := place(t, 0o777)
	if err := os.WriteFile(path, []byte("exit 0\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if r := do(t, Job{Argv: []string{path}, User: "root", Secure: true}); !errors.Is(r.Err, ErrUnsafe) || errors.Is(r.Err, syscall.ENOEXEC) {
		t.Errorf("%+v", r)
	}
}
