package script

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A program whose output never ends costs nothing but its own time: nobody reads it,
// and it is ended with its whole group when its time is over.
func TestEndlessOutputOfAProgramIsBounded(t *testing.T) {
	t.Parallel()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, line := range []string{
		"while :; do echo endless output; echo endless error >&2; done", "yes", "yes >&2", "cat /dev/zero", "yes | cat",
	} {
		into := filepath.Join(t.TempDir(), "where")
		job := Job{Argv: []string{"/bin/sh", "-c", fmt.Sprintf("out=$(readlink /proc/$$/fd/1); err=$(readlink /proc/$$/fd/2); echo $out $err $$ >%s; %s", into, line)}, Timeout: 300 * time.Millisecond}
		r := Run(t.Context(), job)
		text, err := os.ReadFile(into)
		words := strings.Fields(string(text))
		if err != nil || len(words) != 3 || words[0] != "/dev/null" || words[1] != "/dev/null" {
			t.Errorf("%s: it writes to %q, %v", line, words, err)
			continue
		}
		if !r.TimedOut || r.OK() {
			t.Errorf("%s: %+v", line, r)
		}
		if _, err := os.Stat("/proc/" + words[2]); err == nil {
			t.Errorf("%s: it still runs", line)
		}
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.TotalAlloc) - int64(before.TotalAlloc); grown > 8<<20 {
		t.Errorf("%d bytes were allocated", grown)
	}
}
