package facts

import (
	"os"
	"path/filepath"
	"testing"

	"holdfast/engine/model"
)

func TestAnInterpreterThatIsNoProgramIsTold(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, row := range map[string]struct {
		interpreter string
		want        model.First
	}{
		"a program":                  {"/bin/sh", ""},
		"a script with a program":    {write("nested", "#!/bin/sh\n", 0o755), ""},
		"a folder":                   {dir, model.MissingInterpreter},
		"a file without its bit":     {write("plain", "#!/bin/sh\n", 0o644), model.MissingInterpreter},
		"a script without a program": {write("text", "exit 0\n", 0o755), model.MissingInterpreter},
		"nothing":                    {filepath.Join(dir, "none"), model.MissingInterpreter},
	} {
		if got, _ := firstLine(write("script", "#!"+row.interpreter+"\nexit 0\n", 0o755)); got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}
