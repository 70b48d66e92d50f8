package parent

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// readersVariables are those of our environment that a process gets which only reads
// the engine. Others may hold secrets of the host, and are none of its business.
var readersVariables = []string{"PATH", "TZ", "LANG", "LANGUAGE", "SSL_CERT_FILE", "SSL_CERT_DIR", "GODEBUG", "GOGC", "GOMEMLIMIT", "GOMAXPROCS", "GOTRACEBACK"}

// readersEnv is what of env a reader gets.
func readersEnv(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return !slices.Contains(readersVariables, name) && !strings.HasPrefix(name, "LC_")
	})
}

// expendable lets the kernel end a reader for want of memory like any other program,
// although it spares us: what holds addresses comes first. A process that is gone
// already needs nothing.
func expendable(pid int) { unspare(fmt.Sprintf("/proc/%d/oom_score_adj", pid)) }

// unspare makes 0 of a score below (proc(5), oom_score_adj); raising it is always
// permitted.
func unspare(path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		return
	}
	if now, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && now < 0 {
		os.WriteFile(path, []byte("0"), 0)
	}
}
