package parent_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/control"
	"holdfast/engine/state"
	"holdfast/test/lab"
)

// trouble is something that is wrong with what only the console needs.
type trouble struct {
	name   string
	listen string                      // "" is 127.0.0.1:8080
	apart  bool                        // the applied text lies outside the data directory
	make   func(h *house, data string) // brings it about
	end    func(h *house, data string) // takes it away; nil: it stays
	says   string                      // in the log, once
	code   int                         // what a browser gets meanwhile; 0: no answer
}

var troubles = []trouble{
	{name: "read-only disk", make: func(h *house, data string) {
		h.must(errors.Join(os.MkdirAll(data, 0o711), os.Mkdir(data+"/state", 0o700), os.Mkdir(data+"/web", 0o700), unix.Mount(data, data, "", unix.MS_BIND, "")))
		h.Cleanup(func() { h.must(unix.Unmount(data, unix.MNT_DETACH)) })
		h.seed(data + "/state")
		h.must(unix.Mount("", data, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""))
	}, end: func(h *house, data string) {
		h.must(unix.Mount("", data, "", unix.MS_REMOUNT|unix.MS_BIND, ""))
	}, says: "the engine goes on without it"},
	{name: "address that is not there yet", listen: "192.0.2.9:8080", end: func(h *house, _ string) {
		h.node.Run("ip", "address", "add", "192.0.2.9/32", "dev", "lo")
	}, says: "cannot assign requested address"},
	{name: "name that is not known", listen: "console.holdfast.invalid:8080", says: "lookup console.holdfast.invalid"},
	{name: "port in use", make: func(h *house, _ string) {
		h.must(h.node.Do(func() (err error) {
			h.stranger, err = net.Listen("tcp", "127.0.0.1:8080")
			return err
		}))
	}, end: func(h *house, _ string) { h.must(h.stranger.Close()) }, says: "address already in use"},
	{name: "database directory is a link", make: func(h *house, data string) {
		h.must(errors.Join(os.MkdirAll(data, 0o711), os.MkdirAll(data+"-elsewhere", 0o711), os.Symlink(data+"-elsewhere", data+"/web")))
	}, end: func(h *house, data string) { h.must(os.Remove(data + "/web")) }, says: "web is a symbolic link"},
	{name: "database directory is a file", make: func(h *house, data string) {
		h.must(errors.Join(os.MkdirAll(data, 0o711), os.WriteFile(data+"/web", nil, 0o600)))
	}, end: func(h *house, data string) { h.must(os.Remove(data + "/web")) }, says: "web is not a directory"},
	{name: "data directory cannot be read", apart: true, make: func(h *house, data string) {
		h.must(os.WriteFile(data, nil, 0o600))
	}, end: func(h *house, data string) { h.must(os.Remove(data)) }, says: "not a directory"},
	{name: "data on a disk that gives errors", apart: true, make: faulty(lab.Broken, ""), end: healed, says: "input/output error"},
	{name: "database on a disk that gives errors", make: faulty(lab.Broken, "/web"), end: healed, says: "input/output error"},
	{name: "data on a share on which root is nobody", apart: true, make: faulty(lab.Squashed, ""), end: healed, says: "the engine goes on without it"},
	{name: "database on a share on which root is nobody", make: faulty(lab.Squashed, "/web"), end: healed, says: "the console waits for its database"},
	{name: "database is a directory", make: func(h *house, data string) {
		h.must(os.MkdirAll(data+"/web/config.db", 0o755))
	}, end: func(h *house, data string) { h.must(os.Remove(data + "/web/config.db")) }, says: "the console waits for its database", code: http.StatusInternalServerError},
	{name: "applied text on another disk", make: func(h *house, data string) {
		h.must(errors.Join(os.MkdirAll(data, 0o711), os.MkdirAll(data+"-state", 0o700), os.Symlink(data+"-state", data+"/state")))
	}, end: func(*house, string) {}},
}

// faulty mounts a faulty disk in the data directory.
func faulty(fault lab.Fault, at string) func(h *house, data string) {
	return func(h *house, data string) {
		h.must(os.MkdirAll(data+at, 0o711))
		h.heal = lab.FaultyDisk(h, data+at, fault)
	}
}

func healed(h *house, _ string) { h.heal() }

// must fails the test over an error.
func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// seed makes the usual text the one that both roles boot from.
func (h *house) seed(stateDir string) {
	h.Helper()
	for _, role := range control.Roles {
		h.must(state.SaveText(stateDir, role, config("one", priority)))
	}
}

func TestTroublesOfTheConsoleKeepNoAddressFromItsRouter(t *testing.T) {
	t.Parallel()
	for _, c := range troubles {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.node.Run("ip", "link", "set", "lo", "up")
			data, stateDir, listen := h.lab.Dir+"/data", h.lab.Dir+"/data/state", "127.0.0.1:8080"
			if c.listen != "" {
				listen = c.listen
			}
			if c.apart {
				stateDir = h.lab.Dir + "/state"
			}
			if c.make != nil {
				c.make(h, data)
			}
			if _, err := os.Stat(filepath.Join(stateDir, "vrrp.conf")); err != nil {
				h.seed(stateDir)
			}
			p := h.node.Start("serve", lab.Setting{}, binary, "serve", "--data", data, "--state-dir", stateDir, "--run-dir", h.run, "--node", "d1",
				"--listen", listen, "--insecure")
			h.wire.Expect("the first advert", h.began, 20*time.Second, h.advert(priority))
			h.until("the address is there", func() bool { return h.node.Holds(virtual) })
			if c.says != "" {
				h.until("the log says why there is no console", func() bool { return says(p, c.says) })
			}
			if c.code != 0 {
				h.until("the browser is told", func() bool { code, err := h.get("/"); return err == nil && code == c.code })
			}
			if c.end == nil {
				return
			}
			c.end(h, data)
			h.until("the console appears by itself", func() bool {
				conn, err := h.node.Dial(context.Background(), "tcp", listen)
				if err != nil {
					return false
				}
				conn.Close()
				return says(p, "setup")
			})
			if n := strings.Count(p.Output(), c.says); c.says != "" && n != 1 {
				t.Errorf("the reason was told %d times:\n%s", n, p.Output())
			}
			if n := strings.Count(p.Output(), "a role died"); n > 0 {
				t.Errorf("%d deaths:\n%s", n, p.Output())
			}
		})
	}
}
