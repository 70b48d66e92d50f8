package vrrprole

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"testing"
	"time"

	"holdfast/engine"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
)

// seat is one node of a test: a vrrp role on a kernel in memory.
type seat struct {
	t       *testing.T
	role    engine.Role
	twin    *kernel.Twin
	dir     string
	done    chan error
	mu      sync.Mutex // guards entries
	entries []journal.Entry
}

func newTwinLink(t *testing.T, wire *kernel.Wire, addr string) *kernel.Twin {
	twin := kernel.NewTwin()
	twin.Plug("eth0", wire)
	twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true, MTU: 1500,
		Addrs: []netip.Prefix{netip.MustParsePrefix(addr)}})
	return twin
}

// sit starts a role with cfg on a twin.
func sit(t *testing.T, twin *kernel.Twin, cfg model.Config, change ...func(*Options)) *seat {
	opt := Options{
		OpenNet: func() (Net, error) { return twin, nil },
		OpenWire: func(link string, group netip.Addr) (Wire, error) {
			return twin.OpenVRRP(link, group)
		},
		OpenAH: func(link string, group netip.Addr) (Wire, error) { return twin.OpenAH(link, group) },
		Lacks:  func() []string { return nil },
		Wake:   NewTimer,
	}
	for _, c := range change {
		c(&opt)
	}
	s := sitIn(t, t.TempDir(), cfg, opt)
	s.twin = twin
	return s
}

// sitIn starts a role with cfg that finds in dir what an earlier one left.
func sitIn(t *testing.T, dir string, cfg model.Config, opt Options) *seat {
	s := &seat{t: t, dir: dir, done: make(chan error, 1), role: New(opt)}
	host := engine.Services{
		Node: "node", RunDir: dir, StateDir: dir, Log: slog.New(slog.DiscardHandler),
		Journal: func(e journal.Entry) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.entries = append(s.entries, e)
		},
		TakeOver: func(context.Context) error { return nil },
	}
	go func() { s.done <- s.role.Run(context.Background(), cfg, host) }()
	return s
}

// again starts a role with cfg that finds what this one left.
func (s *seat) again(cfg model.Config) *seat {
	next := sitIn(s.t, s.dir, cfg, twinOptions(s.twin))
	next.twin = s.twin
	return next
}

func (s *seat) stop(mode control.StopMode) {
	s.t.Helper()
	if err := s.role.Stop(context.Background(), mode); err != nil {
		s.t.Errorf("stop: %v", err)
	}
	if err := <-s.done; err != nil {
		s.t.Errorf("run: %v", err)
	}
}

func (s *seat) status() control.Status {
	s.t.Helper()
	var st control.Status
	if err := s.role.Status(context.Background(), &st); err != nil {
		s.t.Fatalf("status: %v", err)
	}
	return st
}

func (s *seat) is(name, state string) {
	s.t.Helper()
	for _, in := range s.status().Instances {
		if in.Name == name {
			if in.State != state {
				s.t.Errorf("%s is %s (%s), want %s", name, in.State, in.Reason, state)
			}
			return
		}
	}
	s.t.Errorf("there is no %s", name)
}

func (s *seat) holds(prefix string) bool {
	addrs, err := s.twin.Addresses()
	if err != nil {
		s.t.Fatal(err)
	}
	for _, a := range addrs {
		if a.Prefix.String() == prefix {
			return true
		}
	}
	return false
}

// changes lists what the journal says of an object: "BACKUP MASTER advert-timeout".
func (s *seat) changes(object string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	for _, e := range s.entries {
		if e.Object == object && (e.Kind == journal.InstanceState || e.Kind == journal.GroupState) {
			list = append(list, e.Facts["from"]+" "+e.Facts["to"]+" "+e.Facts["reason"])
		}
	}
	return list
}

func instance(name string, vrid, priority uint8, vip string) model.Instance {
	return model.Instance{
		Name: name, Interface: "eth0", VRID: vrid,
		Priority: model.Some(priority), Advert: model.Some(model.Seconds(time.Second)),
		Addrs: []model.Address{{Prefix: netip.MustParsePrefix(vip)}},
		Garp: model.Garp{
			MasterRepeat: model.Some(5), MasterDelay: model.Some(model.Seconds(5 * time.Second)),
			LowerPrioRepeat: model.Some(5), LowerPrioDelay: model.Some(model.Seconds(5 * time.Second)),
			MasterRefreshRepeat: model.Some(1),
		},
	}
}

func configOf(in ...model.Instance) model.Config { return model.Config{Instances: in} }

const vip = "192.0.2.100/32"
