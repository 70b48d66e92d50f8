package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The bounds that hold for every command on every text: time of the processor,
// mebibytes of memory (a text of as many words as are read takes most), and time
// by the clock for those that wait.
const (
	mostWork   = 15 * time.Second
	mostMemory = 1536
	patience   = 60 * time.Second
)

// programDir holds the program once a test needed it.
var programDir string

// program is the program, built without the race detector of this test.
var program = sync.OnceValues(func() (path string, err error) {
	if programDir, err = os.MkdirTemp("", "hf"); err != nil {
		return "", err
	}
	path = filepath.Join(programDir, "holdfast")
	out, err := exec.Command("go", "build", "-tags", "nomsgpack sqlite_omit_load_extension osusergo netgo", "-o", path, ".").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, errors.Join(err, os.Chmod(programDir, 0o755))
})

func TestMain(m *testing.M) {
	code := m.Run()
	if err := os.RemoveAll(programDir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// bounded runs the program on its own, holds what it used against the bounds, and
// gives what it printed and its exit code.
func bounded(t *testing.T, as *syscall.Credential, args ...string) (out string, code int) {
	t.Helper()
	var o bytes.Buffer
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, append([]string{"--lang", "en"}, args...)...)
	cmd.Stdout, cmd.Stderr = &o, &o
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	began := time.Now()
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Fatal("no account of what was used")
	}
	work, memory := cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), used.Maxrss>>10
	if took := time.Since(began); work > mostWork || memory > mostMemory || took > patience {
		t.Errorf("%s took %v of the processor, %v by the clock and %d MiB", args, work, took, memory)
	}
	return o.String(), cmd.ProcessState.ExitCode()
}

// everyCommand reads a text, each in its own way.
func everyCommand(t *testing.T) [][]string {
	data, run := t.TempDir(), t.TempDir()
	return [][]string{{"check"}, {"check", "--json"}, {"import", "--explain", "--run-dir", run}, {"fmt", "--json"},
		{"fmt", "--canonical"}, {"import", "--data", data}, {"plan", "--run-dir", run}}
}

// laughs are names that each stand for ten of the one before.
func laughs(levels int, first string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "$A0=%s\n", first)
	for i := range levels {
		fmt.Fprintf(&b, "$A%d=%s\n", i+1, strings.Repeat(fmt.Sprintf("${A%d}", i), 10))
	}
	fmt.Fprintf(&b, "router_id $A%d\n", levels)
	return b.String()
}

func TestHostileTextsAreRefusedWithAFindingWithinBounds(t *testing.T) {
	tree := strings.Repeat("a {\n", 10_000)
	for name, row := range map[string]struct{ text, code string }{
		"billion laughs":       {laughs(12, "ha"), "definition-too-large"},
		"laughs about nothing": {laughs(31, ""), "expansion-too-large"},
		"each other":           {"$A=${B}\n$B=${A}\nrouter_id $A\n}\n", "definition-loop"},
		"many large uses":      {"$A=" + strings.Repeat("a", 60_000) + "\n" + strings.Repeat("router_id $A\n", 2000), "expansion-too-large"},
		"endless sequence":     {"~SEQ(A,1,0,5) x\n", "bad-generator"},
		"product of sequences": {"~SEQ(A,1,30000) ~SEQ(B,1,30000) x\n", "expansion-too-large"},
		"sequence to the end":  {"~SEQ(A,9223372036854775800,9223372036854775807)\n", "bad-generator"},
		"doubling lists":       {strings.Repeat("~LST(A,$B$B,$B$B) ", 40) + "x\n", "expansion-too-large"},
		"includes itself":      {"include keepalived.conf\n", "include-loop"},
		"NUL":                  {"global_defs {\n\x00\n}\n", "nul-byte"},
		"deep and closed":      {tree + strings.Repeat("}\n", 10_000), "too-deep"},
		"deep and open":        {tree, "missing-brace"},
		"one line of words":    {strings.Repeat("b ", 4<<20), "line-unread"},
		"opening braces":       {strings.Repeat("x {\n", 1<<18), "too-deep"},
		"closing braces":       {strings.Repeat("}\n", 1<<18), "extra-brace"},
		"words without end":    {strings.Repeat("x\n", 5<<20), "too-many-words"},
		"lines and a name":     {"$A=1\n" + strings.Repeat("\n", 32<<20) + "}\n", "extra-brace"},
		"quotes":               {strings.Repeat("\"a\nb\n", 1<<16) + "}\n", "unmatched-quote"},
		"instances of a name":  {strings.Repeat("vrrp_instance A {\n}\n", 1<<16), "duplicate-name"},
		"addresses": {"vrrp_instance A {\n virtual_router_id 1\n virtual_ipaddress {\n" + strings.Repeat("10.0.0.1\n", 1<<15) + "}\n}\n",
			"duplicate-address"},
		"kept words": {strings.Repeat("track_file f {\n file /x\n}\nvrrp_track_process p {\n}\n", 1<<12) + "}\n", "extra-brace"},
	} {
		t.Run(name, func(t *testing.T) {
			path := file(t, row.text)
			commands := everyCommand(t)
			if len(row.text) > 64<<10 { // each of these takes its time
				commands = commands[:1]
			}
			for _, command := range commands {
				out, code := bounded(t, nil, append(command, path)...)
				if code != exitFailed || command[0] == "check" && !strings.Contains(out, row.code) {
					t.Errorf("%v: code %d:\n%.1000s", command, code, out)
				}
			}
		})
	}
}

func TestTextsOfOtherSystemsMeanTheSame(t *testing.T) {
	plain := "global_defs {\n    router_id x\n}\n"
	want, _, _ := holdfast(t, "en", "fmt", "--canonical", file(t, plain))
	for code, text := range map[string]string{
		"":             strings.ReplaceAll(plain, "\n", "\r\n"),
		"bom":          "\ufeff" + plain,
		"invalid-utf8": "! \xff\xfe\n" + plain,
	} {
		path := file(t, text)
		out, _, failed := holdfast(t, "en", "check", path)
		if failed != 0 || !strings.Contains(out, code) || code == "" && strings.Contains(out, "[") {
			t.Errorf("code %d:\n%s", failed, out)
		}
		if got, errs, _ := holdfast(t, "en", "fmt", "--canonical", path); !strings.HasSuffix(got, want) || want == "" {
			t.Errorf("%q is\n%s%s", text, got, errs)
		}
		if got, _, _ := holdfast(t, "en", "fmt", path); got != text {
			t.Errorf("%q came back as %q", text, got)
		}
	}
}

// hundred is a file of 100 MiB that repeats a text.
func hundred(t *testing.T, dir, text string) string {
	t.Helper()
	path := filepath.Join(dir, "keepalived.conf")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	piece := []byte(strings.Repeat(text, 1<<20/len(text)))
	for range 100<<20/len(piece) + 1 {
		if _, err := f.Write(piece); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestHundredMebibytesAreRefusedUnreadByEveryCommand(t *testing.T) {
	dir := t.TempDir()
	for i, text := range []string{"x", "{", "}", "\"", "\\\n", "#", "#\n", "vrrp_instance A {\n}\n"} {
		path := hundred(t, dir, text)
		commands := append(everyCommand(t), []string{"fmt"}, []string{"export"})
		if i > 0 {
			commands = [][]string{{"check"}, commands[(i-1)%len(commands)]}
		}
		for _, command := range commands {
			out, code := bounded(t, nil, append(command, path)...)
			if code != exitFailed || !strings.Contains(out, "too-large") || len(out) > 4096 {
				t.Errorf("%v of %q: code %d:\n%.500s", command, text, code, out)
			}
			if slices.Contains(command, "--data") && !strings.Contains(out, "not imported") {
				t.Errorf("%q is cut, and taken in:\n%.500s", text, out)
			}
		}
	}
	if err := os.Truncate(filepath.Join(dir, "keepalived.conf"), 0); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, "keepalived.conf"), 1<<30); err != nil { // all NUL, and no block on the disk
		t.Fatal(err)
	}
	for _, command := range everyCommand(t) {
		if out, code := bounded(t, nil, append(command, filepath.Join(dir, "keepalived.conf"))...); code != exitFailed || !strings.Contains(out, "too-large") {
			t.Errorf("%v: code %d:\n%.500s", command, code, out)
		}
	}
}

func TestWhatIsNoFileIsRefusedAtOnce(t *testing.T) {
	dir := t.TempDir()
	fifo, slow, ring := filepath.Join(dir, "fifo"), filepath.Join(dir, "slow"), filepath.Join(dir, "ring")
	for _, name := range []string{fifo, slow} {
		if err := unix.Mkfifo(name, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("ring", ring); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{fifo: "nobody writes into it", ring: "too many levels", dir: "is a directory",
		"/dev/zero": "is a device", filepath.Join(dir, "none"): "there is no file"} {
		for _, command := range append(everyCommand(t), []string{"fmt"}) {
			t.Run(strings.Join(command, " ")+" "+path, func(t *testing.T) {
				t.Parallel() // some wait for a writer
				if out, code := bounded(t, nil, append(command, path)...); code != exitFailed || !strings.Contains(out, want) {
					t.Errorf("code %d:\n%.500s", code, out)
				}
			})
		}
	}
	idle, err := os.OpenFile(slow, os.O_RDWR, 0) // a writer that says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	if out, code := bounded(t, nil, "check", slow); code != exitFailed || !strings.Contains(out, "nobody writes into it") {
		t.Errorf("code %d:\n%s", code, out)
	}
}

func TestPipeWithAWriterIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, "nonsense\n"); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(time.Second, func() { f.Close() })
	if out, code := bounded(t, nil, "check", path); code != 0 || !strings.Contains(out, "[unknown-word]") {
		t.Errorf("code %d:\n%s", code, out)
	}
}

func TestFileWithoutTheRightToReadItSaysSo(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "keepalived.conf")
	if err := os.WriteFile(path, []byte("include x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	nobody := &syscall.Credential{Uid: 65534, Gid: 65534}
	if os.Getuid() != 0 {
		nobody = nil
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
	}
	if out, code := bounded(t, nobody, "check", path); code != exitFailed || !strings.Contains(out, "may not be read by this account") {
		t.Errorf("code %d:\n%s", code, out)
	}
	other := filepath.Join(dir, "other.conf")
	if err := os.WriteFile(other, []byte("includer keepalived.conf\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, code := bounded(t, nobody, "check", other); code != exitFailed || !strings.Contains(out, "[include-required]") {
		t.Errorf("code %d:\n%s", code, out)
	}
}

func TestIncludesEndWithinBounds(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for i := range 1001 {
		write(fmt.Sprintf("chain/%d", i), fmt.Sprintf("include %d\n", i+1))
		write(fmt.Sprintf("bush/%d", i%40), strings.Repeat(fmt.Sprintf("include %d\n", i%40+1), 3))
	}
	for i := range 10_000 {
		write(fmt.Sprintf("many/%d.conf", i), "! one\n")
	}
	large := write("large", "")
	if err := os.Truncate(large, 1<<30); err != nil {
		t.Fatal(err)
	}
	for _, link := range [][2]string{{"loop", "again"}, {"chain/0", "more"}} {
		if err := os.Symlink(link[0], filepath.Join(dir, link[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mkfifo(filepath.Join(dir, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		write("loop", "include again\n"):                                   "include-loop",
		filepath.Join(dir, "chain/0"):                                      "include-too-many",
		filepath.Join(dir, "chain/902"):                                    "include-too-many",
		filepath.Join(dir, "chain/980"):                                    "include-missing",
		filepath.Join(dir, "bush/0"):                                       "include-too-many",
		write("ten thousand", "include many/*\n"):                          "",
		write("and one", "include {many/*,many/1*}\n"):                     "include-too-many",
		write("device", "include /dev/zero\n"):                             "include-missing",
		write("pipe", "include fifo\n"):                                    "include-missing",
		write("folder", "include many\n"):                                  "include-missing",
		write("sparse", "include large\n"):                                 "include-too-many",
		write("choices", "include "+strings.Repeat("{a,b,c,d}", 400)+"\n"): "include-missing",
		write("everywhere", strings.Repeat("include /*/*/*/*/*/*\n", 100)): "include-",
		write("nowhere", strings.Repeat("include x*\n", 100_000)):          "include-too-many",
	} {
		for _, command := range [][]string{{"check"}, {"import", "--explain", "--run-dir", dir}} {
			out, code := bounded(t, nil, append(command, path)...)
			fails := slices.Contains([]string{"include-loop", "include-too-many"}, want)
			if fails != (code == exitFailed) && want != "include-" || command[0] == "check" && !strings.Contains(out, "["+want) && want != "" {
				t.Errorf("%v %s: code %d:\n%.700s", command, path, code, out)
			}
		}
	}
}
