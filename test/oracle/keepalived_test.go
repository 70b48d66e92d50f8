package oracle

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

//go:embed keepalived.sh
var inNamespace string

// heard is what keepalived said about one text.
type heard struct {
	code       int
	complaints []complaint
	values     string // of its dump; empty where it was not asked for
}

// complaint is one message of keepalived's own test of a text; line 0 is none.
type complaint struct {
	line int
	text string
}

// ask gives keepalived some texts, by name, on a host that has the interfaces,
// and hears what it says about each.
func ask(t *testing.T, links []string, dump bool, texts map[string]string) map[string]heard {
	t.Helper()
	peers, err := filepath.EvalSymlinks("../../.cache/peers/root")
	if err != nil {
		t.Fatalf("%v: test/prepare.sh test unpacks keepalived", err)
	}
	if peers, err = filepath.Abs(peers); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range texts {
		write(t, filepath.Join(dir, name+".conf"), text)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	how := "test"
	if dump {
		how = "dump"
		shim(t, filepath.Join(dir, "ipvs.so"))
	}
	argv := append([]string{"-n", "-m", "-p", "-f", "--kill-child", "--mount-proc", "sh", "-c", inNamespace, "sh", peers, dir, node, how}, links[1:]...) // without lo
	if out, err := exec.CommandContext(ctx, "unshare", argv...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	said := map[string]heard{}
	for name := range texts {
		h := heard{complaints: complaints(contents(t, filepath.Join(dir, name+".log")))}
		h.code, err = strconv.Atoi(strings.TrimSpace(contents(t, filepath.Join(dir, name+".code"))))
		if err != nil {
			t.Fatal(err)
		}
		if dump && h.code != 2 { // with 2 it ends before it has anything to show
			h.values = contents(t, filepath.Join(dir, name+".data"))
		}
		said[name] = h
	}
	return said
}

// shim builds the library that stands for a kernel with IPVS.
func shim(t *testing.T, file string) {
	t.Helper()
	built, err := ipvs()
	if err != nil {
		t.Fatalf("%v: test/prepare.sh build installs a C compiler", err)
	}
	write(t, file, built)
}

// ipvs compiles the library once.
var ipvs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "oracle")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "ipvs.so")
	if out, err := exec.Command("cc", "-shared", "-fPIC", "-O", "-o", file, "testdata/ipvs.c").CombinedOutput(); err != nil {
		return "", fmt.Errorf("compile testdata/ipvs.c: %w\n%s", err, out)
	}
	built, err := os.ReadFile(file)
	return string(built), err
})

var placed = regexp.MustCompile(`^\((?:[^()]*: )?Line (\d+)\) (.*)$`)

// complaints reads a log of a test; keepalived says many things several times.
func complaints(log string) []complaint {
	var all []complaint
	seen := map[complaint]bool{}
	for line := range strings.Lines(log) {
		c := complaint{text: strings.TrimSpace(line)}
		if m := placed.FindStringSubmatch(c.text); m != nil {
			c.line, _ = strconv.Atoi(m[1])
			c.text = m[2]
		}
		if c.text != "" && !seen[c] {
			seen[c] = true
			all = append(all, c)
		}
	}
	return all
}

func contents(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.ToValidUTF8(text, []byte("?")))
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
