package parent_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/server/parent"
	"holdfast/test/lab"
)

// serve starts the whole product with its data in dir.
func (h *house) serve(dir string) *lab.Process {
	h.Helper()
	h.node.Run("ip", "link", "set", "lo", "up")
	return h.node.Start("serve", lab.Setting{}, binary, "serve", "--data", dir, "--run-dir", h.run, "--node", "d1", "--listen", "127.0.0.1:8080")
}

// get asks the console for a page and gives the status.
func (h *house) get(path string) (int, error) {
	client := &http.Client{Timeout: 8 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return h.node.Dial(ctx, network, addr)
		},
	}}
	r, err := client.Get("http://127.0.0.1:8080" + path)
	if err != nil {
		return 0, err
	}
	defer r.Body.Close()
	_, err = io.Copy(io.Discard, r.Body)
	return r.StatusCode, err
}

func (h *house) answers() {
	h.Helper()
	h.until("the console answers", func() bool {
		_, err := h.get("/")
		return err == nil
	})
}

// status reads one line of /proc/PID/status.
func status(t *testing.T, pid int, key string) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(line, key+":"); ok {
			return strings.TrimSpace(v)
		}
	}
	t.Fatal("no", key)
	return ""
}

func TestKilledWebRoleDelaysNoAdvertAndRefusesNoBrowser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.serve(h.lab.Dir + "/data")
	h.answers()
	for _, role := range []string{"vrrp", "lvs"} {
		h.until(role+" takes the text", func() bool {
			_, err := h.client(role).Apply(context.Background(), control.ApplyRequest{Text: config("one", priority)})
			return err == nil
		})
	}
	h.wire.Expect("the first advert", h.began, 10*time.Second, h.advert(priority))
	h.until("the address is there", func() bool { return h.node.Holds(virtual) }) // it comes after the advert
	watch := h.node.WatchAddresses()
	at := h.kill(h.role("web"))
	// The parent holds the socket, so a browser that comes now waits a moment.
	if _, err := h.get("/"); err != nil {
		t.Error(err)
	}
	h.wire.Expect("a later advert", at.Add(2*interval), 3*interval, h.advert(priority))
	h.punctual(at.Add(-interval), interval+interval/2)
	if changes := watch.Changes(virtual, at); len(changes) > 0 {
		t.Error("the address moved:", changes)
	}
	h.whole(h.journal("vrrp"))
}

func TestConsoleWhoseDatabaseIsDamagedSaysSoAndTheEngineGoesOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	dir := parent.DatabaseDir(h.lab.Dir + "/data")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/config.db", bytes.Repeat([]byte("no database "), 1000), 0o644); err != nil {
		t.Fatal(err)
	}
	h.serve(h.lab.Dir + "/data")
	h.until("the console says what is wrong", func() bool {
		code, err := h.get("/")
		return err == nil && code == http.StatusInternalServerError
	})
	if _, err := h.client("vrrp").Status(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNextParentBringsTheConsoleBackWithoutALateAdvert(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	dir := h.lab.Dir + "/data"
	first := h.serve(dir)
	h.answers()
	if _, err := h.client("vrrp").Apply(context.Background(), control.ApplyRequest{Text: config("one", priority)}); err != nil {
		t.Fatal(err)
	}
	h.wire.Expect("the first advert", h.began, 10*time.Second, h.advert(priority))
	at := h.kill(first.PID())
	first.Wait(5 * time.Second) // the lock ends with it
	second := h.serve(dir)
	h.answers()
	h.wire.Expect("a later advert", at.Add(2*interval), 3*interval, h.advert(priority))
	h.punctual(at.Add(-interval), interval+interval/2)
	h.role("vrrp")
	if second.Ended() {
		t.Error("the second parent ended")
	}
}

func TestWebRoleRunsAsAnotherUserWithoutAnyCapability(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.serve(h.lab.Dir + "/data")
	h.answers()
	pid := h.role("web")
	if uids := status(t, pid, "Uid"); strings.Contains("\t"+uids, "\t0") {
		t.Error("runs as", uids)
	}
	powerless(t, pid)
}

func TestWebRoleGetsNothingOfTheParentsEnvironment(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.node.Run("ip", "link", "set", "lo", "up")
	h.node.Start("serve", lab.Setting{Env: []string{"SECRET_OF_THE_HOST=1"}},
		binary, "serve", "--data", h.lab.Dir+"/data", "--run-dir", h.run, "--node", "d1", "--listen", "127.0.0.1:8080")
	h.answers()
	for role, want := range map[string]bool{"web": false, "vrrp": true} {
		env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", h.role(role)))
		if got := strings.Contains(string(env), "SECRET_OF_THE_HOST"); err != nil || got != want || !strings.Contains(string(env), "PATH=") {
			t.Errorf("%s has the variable: %v; %v", role, got, err)
		}
	}
}

func TestWebRoleThatCannotReachItsDataRunsAsUsWithoutAnyCapability(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	closed := h.lab.Dir + "/closed"
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	p := h.serve(closed + "/data")
	h.answers()
	pid := h.role("web")
	if uids := status(t, pid, "Uid"); uids != "0\t0\t0\t0" {
		t.Error("runs as", uids)
	}
	powerless(t, pid)
	if !says(p, "without capabilities", closed) {
		t.Error(p.Output())
	}
}

func powerless(t *testing.T, pid int) {
	t.Helper()
	for _, set := range []string{"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"} {
		if v := status(t, pid, set); strings.Trim(v, "0") != "" {
			t.Error(set, v)
		}
	}
	if v := status(t, pid, "NoNewPrivs"); v != "1" {
		t.Error("NoNewPrivs", v)
	}
}

func TestMailProcessComesWithTheConfigurationAndLeavesTheEngineAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.start("first")
	vrrp := h.role("vrrp")
	if pids := h.node.Find("mail"); len(pids) > 0 {
		t.Fatal("mail runs without being asked for")
	}
	h.write(strings.Replace(config("two", priority), "global_defs {", "global_defs {\n notification_email {\n ops@example.org\n }\n smtp_server 192.0.2.31\n", 1))
	p.Signal(syscall.SIGHUP)
	h.role("mail")
	if now := h.role("vrrp"); now != vrrp {
		t.Error("the vrrp role was restarted")
	}
	h.write(config("three", priority))
	p.Signal(syscall.SIGHUP)
	h.until("mail is gone", func() bool { return len(h.node.Find("mail")) == 0 })
	if now := h.role("vrrp"); now != vrrp {
		t.Error("the vrrp role was restarted")
	}
}

func TestRouterThatStartsAnewComesBehindTheTableAndReadersBehindBoth(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.write(strings.Replace(config("one", priority), "global_defs {", "global_defs {\n notification_email {\n ops@example.org\n }\n smtp_server 192.0.2.31\n", 1))
	began := time.Now()
	h.start("first")
	for _, order := range [][2]string{{"vrrp", "lvs"}, {"mail", "vrrp"}} {
		h.role(order[0])
		if time.Since(began) > 2*time.Second {
			t.Log("too slow a machine: it may have been tired of waiting")
			return
		}
		if _, err := os.Stat(h.run + "/" + order[1] + ".sock"); err != nil {
			t.Errorf("the %s process runs before the %s role is in service: %v", order[0], order[1], err)
		}
	}
}
