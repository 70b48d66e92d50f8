package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The demo as a user sees it, in the guest whatever the kernel has: both consoles
// answer on the machine, the terminal's words reach the stage, and after Ctrl-C
// nothing is left.
func TestDemoShowsBothConsolesAndEndsCleanly(t *testing.T) {
	binary := t.TempDir() + "/demo"
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	first, second := freeAddress(t), freeAddress(t)
	cmd := exec.Command(binary, "-guest", "-listen", first, "-listen2", second)
	words, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(output); s.Scan(); {
			lines <- s.Text()
		}
	}()
	defer cmd.Process.Kill()

	expect(t, lines, "/setup?token=", "/setup?token=", "is held by node1; the client is served")
	for _, addr := range []string{first, second} {
		for range 20 {
			if size := page(t, "http://"+addr+"/login"); size < 500 {
				t.Errorf("the log-in page of %s has %d bytes", addr, size)
			}
		}
	}
	io.WriteString(words, "get\n")
	expect(t, lines, "from node3.", "from node4.")
	io.WriteString(words, "down node1 on\n")
	expect(t, lines, "is held by node2; the client is served")
	io.WriteString(words, "down node1 off\n")
	for _, node := range []struct{ name, addr string }{{"node1", first}, {"node2", second}} {
		io.WriteString(words, "crash "+node.name+"\n")
		expect(t, lines, "done: crash "+node.name)
		io.WriteString(words, "start "+node.name+"\n")
		expect(t, lines, "done: start "+node.name)
		if size := page(t, "http://"+node.addr+"/login"); size < 500 {
			t.Errorf("after its crash and start, the log-in page of %s has %d bytes", node.name, size)
		}
	}

	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	expect(t, lines, "everything is taken away again")
	for range lines {
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the demo ended with %v", err)
	}
}

// expect waits for lines that hold each of the phrases, in any order.
func expect(t *testing.T, lines <-chan string, phrases ...string) {
	t.Helper()
	var seen []string
	limit := time.After(4 * time.Minute) // in a guest, perhaps on a busy machine
	for len(phrases) > 0 {
		select {
		case line, more := <-lines:
			if !more {
				t.Fatalf("the demo ended; %q was not said in:\n%s", phrases, strings.Join(seen, "\n"))
			}
			seen = append(seen, line)
			for i, p := range phrases {
				if strings.Contains(line, p) {
					phrases = append(phrases[:i:i], phrases[i+1:]...)
					break
				}
			}
		case <-limit:
			t.Fatalf("%q was not said in:\n%s", phrases, strings.Join(seen, "\n"))
		}
	}
}

// page fetches a page and returns its size.
func page(t *testing.T, url string) int {
	t.Helper()
	client := http.Client{Timeout: starting, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, answer.Status, err)
	}
	return len(text)
}

// freeAddress is a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
