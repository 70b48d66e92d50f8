package vrrprole

import (
	"context"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"holdfast/engine"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
)

// A role that waits for the lock of an older process leaves that one's manifest and
// record alone: should neither of them live on, they are what releases the addresses.
func TestRoleThatWaitsForItsLockWritesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		files := map[string]string{"vrrp.manifest": `{"addresses":[{"link":"eth0","prefix":"192.0.2.100/32"}]}`, "vrrp.record": "of an older process"}
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		ctx, leave := context.WithCancel(context.Background())
		role, done := New(Options{
			OpenNet:  func() (Net, error) { return twin, nil },
			OpenWire: func(link string, group netip.Addr) (Wire, error) { return twin.OpenVRRP(link, group) },
			Lacks:    func() []string { return nil }, Wake: NewTimer,
		}), make(chan error, 1)
		go func() {
			done <- role.Run(ctx, configOf(instance("VI_1", 51, 120, "192.0.2.100/32")), engine.Services{
				Node: "node", RunDir: dir, Log: slog.New(slog.DiscardHandler), Journal: func(journal.Entry) {},
				TakeOver: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
			})
		}()
		synctest.Wait()
		for name, text := range files {
			if got, err := os.ReadFile(filepath.Join(dir, name)); string(got) != text || err != nil {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
		if left, err := os.ReadDir(dir); len(left) != len(files) || err != nil {
			t.Error(left, err)
		}
		leave()
		<-done
	})
}
