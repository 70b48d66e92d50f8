package web_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// fakeRole answers on a control socket as a role does: it keeps a text, waits
// for a confirmation, and goes back by itself.
type fakeRole struct {
	mu     sync.Mutex
	name   string
	text   string
	before string
	until  time.Time
	window time.Duration // overrules what apply asks for
	refuse error
	half   bool // Apply is carried out, and then fails
	deaf   int  // so many confirmations fail
	status control.Status
	plan   plan.Plan
	lacks  []control.Blocked // what the plan cannot do here
	calls  []string
	plans  int // how often it planned
	told   []control.Forecast
}

func (f *fakeRole) settle() {
	if !f.until.IsZero() && time.Now().After(f.until) {
		f.text, f.until = f.before, time.Time{}
	}
}

func (f *fakeRole) Status(context.Context) (control.Status, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.settle()
	s := f.status
	s.Role, s.Node, s.At, s.Hash = f.name, "dir1", time.Now(), model.Hash([]byte(f.text))
	s.PID, s.Version, s.Since = 4242, "test", time.Now().Add(-time.Hour)
	if !f.until.IsZero() {
		s.Pending = &control.Pending{Hash: s.Hash, Previous: model.Hash([]byte(f.before)), Until: f.until}
	}
	return s, nil
}

func (f *fakeRole) planned(text string) control.Planned {
	return control.Planned{Hash: model.Hash([]byte(text)), Operations: f.plan, Lines: f.plan.Lines(), Held: f.lacks, Until: f.until, Forecast: f.told, Foretold: f.name == "vrrp"}
}

func (f *fakeRole) Plan(_ context.Context, text string) (control.Planned, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.plans++
	return f.planned(text), nil
}

func (f *fakeRole) Apply(_ context.Context, req control.ApplyRequest) (control.Planned, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.settle()
	f.calls = append(f.calls, "apply")
	if f.refuse != nil {
		return control.Planned{}, f.refuse
	}
	if req.IfMatch != "" && req.IfMatch != model.Hash([]byte(f.text)) {
		return control.Planned{}, &control.Problem{Code: control.Conflict, Message: "another text runs"}
	}
	f.before, f.text = f.text, req.Text
	f.until = time.Now().Add(cmp.Or(f.window, time.Duration(req.Confirm*float64(time.Second))))
	if f.half {
		return control.Planned{}, &control.Problem{Code: control.Failed, Message: "the disk is full"}
	}
	return f.planned(req.Text), nil
}

func (f *fakeRole) Confirm(_ context.Context, hash string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.settle()
	f.calls = append(f.calls, "confirm")
	if f.deaf > 0 {
		f.deaf--
		return &control.Problem{Code: control.Failed, Message: "not now"}
	}
	if f.until.IsZero() || hash != model.Hash([]byte(f.text)) {
		return &control.Problem{Code: control.NotFound, Message: "nothing waits"}
	}
	f.until = time.Time{}
	return nil
}

func (f *fakeRole) Adverts(context.Context) (control.Adverts, error) {
	return control.Adverts{At: time.Now(), List: []control.Advert{{Interface: "eth0", From: "192.0.2.32", VRID: 51, Priority: 90, Addresses: []string{}}}}, nil
}

func (f *fakeRole) FallBack(context.Context, string, string) error {
	return errors.New("nobody asks for it")
}

func (f *fakeRole) Revert(_ context.Context, hash string) (control.Planned, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, "revert")
	if f.until.IsZero() || hash != model.Hash([]byte(f.text)) {
		return control.Planned{}, &control.Problem{Code: control.NotFound, Message: "nothing waits"}
	}
	f.text, f.until = f.before, time.Time{}
	return f.planned(f.text), nil
}

func (f *fakeRole) Config() (string, string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.settle()
	return f.text, model.Hash([]byte(f.text))
}

func (f *fakeRole) Journal(ctx context.Context, _ uint64, _ func(journal.Entry) error) error {
	<-ctx.Done()
	return ctx.Err()
}

func (f *fakeRole) Order(_ context.Context, req control.OrderRequest) (control.Ordered, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, v := range f.status.Virtuals {
		for j, s := range v.Servers {
			if v.Name != req.Virtual || s.Name != req.Server {
				continue
			}
			f.calls = append(f.calls, req.Mode+" by "+req.Owner+": "+req.Reason)
			s.Order = &control.OrderStatus{Mode: req.Mode, Weight: req.Weight, Owner: req.Owner, Reason: req.Reason, Since: time.Now(), Until: req.Until}
			switch req.Mode {
			case "back":
				s.Order, s.State = nil, "UP"
			case "drain":
				s.State, s.Order.Left = "DRAINING", &control.Left{Active: 12, Inactive: 3, Persistent: 4}
			case "off":
				s.State = "OFF"
			}
			f.status.Virtuals = slices.Clone(f.status.Virtuals) // a reader may have the old one
			f.status.Virtuals[i].Servers = slices.Clone(v.Servers)
			f.status.Virtuals[i].Servers[j] = s
			return control.Ordered{Virtual: v.Name, Server: s, QuorumUp: true, Lines: []string{}, Held: []control.Blocked{}}, nil
		}
	}
	return control.Ordered{}, &control.Problem{Code: control.NotFound, Message: "no such server", Args: map[string]string{"virtual": req.Virtual, "server": req.Server}}
}

func (f *fakeRole) AwaitDrain(_ context.Context, virtual, server string, _ time.Duration) (control.Ordered, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, v := range f.status.Virtuals {
		for _, s := range v.Servers {
			if v.Name == virtual && s.Name == server {
				return control.Ordered{Virtual: v.Name, Server: s, Lines: []string{}, Held: []control.Blocked{}}, nil
			}
		}
	}
	return control.Ordered{}, &control.Problem{Code: control.NotFound, Message: "no such service", Args: map[string]string{"virtual": virtual}}
}

func (f *fakeRole) Stats(_ context.Context, virtual string) (all []control.VirtualStats, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, v := range f.status.Virtuals {
		if virtual != "" && v.Name != virtual {
			continue
		}
		one := control.VirtualStats{Name: v.Name, Counters: plan.Counters{Connections: 31}}
		for _, s := range v.Servers {
			one.Servers = append(one.Servers, control.ServerStats{Name: s.Name, Active: 2})
		}
		all = append(all, one)
	}
	if virtual != "" && len(all) == 0 {
		return nil, &control.Problem{Code: control.NotFound, Message: "no such service", Args: map[string]string{"virtual": virtual}}
	}
	return all, nil
}

// Standby hands over what is asked for; nobody is there for VI_9.
func (f *fakeRole) Standby(_ context.Context, req control.StandbyRequest) (control.StoodBy, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := control.StoodBy{Maintenance: f.status.Maintenance, Outcomes: []control.StandbyOutcome{}, Forecast: f.told}
	if slices.Contains(req.Names, "VI_8") {
		return out, &control.Problem{Code: control.NotFound, Message: "no instance is VI_8", Args: map[string]string{"router": "VI_8"}}
	}
	alone := slices.Contains(req.Names, "VI_9")
	if alone && !req.Force && !req.Preview && req.Mode == control.HandOver {
		return out, &control.Problem{Code: control.Conflict, Message: "nobody is known", Args: map[string]string{"standby": "backup-unknown", "objects": "VI_9"}}
	}
	if req.Preview {
		return out, nil
	}
	f.calls = append(f.calls, req.Mode+" by "+req.Owner+": "+req.Reason)
	switch req.Mode {
	case control.MaintenanceOn:
		f.status.Maintenance = &control.MaintenanceStatus{Owner: req.Owner, Reason: req.Reason, Since: time.Now(), Holds: []string{"VI_9"}}
	case control.MaintenanceOff:
		f.status.Maintenance = nil
	}
	code := "moved"
	if alone {
		code = "kept"
	}
	out.Maintenance = f.status.Maintenance
	out.Outcomes = append(out.Outcomes, control.StandbyOutcome{Object: "VI_1", Code: code, State: "BACKUP", Holder: "192.0.2.32"})
	return out, nil
}

func (f *fakeRole) Forwarding(_ context.Context, virtual string) (control.Forwarding, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, v := range f.status.Virtuals {
		if v.Name == virtual {
			return control.Forwarding{Virtual: v.Name, Addresses: []netip.Addr{netip.MustParseAddr("172.16.1.100")}, Servers: []control.Forwarded{
				{Name: v.Servers[0].Name, Addr: netip.MustParseAddr("172.16.1.33"), Method: plan.DirectRoute},
			}}, nil
		}
	}
	return control.Forwarding{}, &control.Problem{Code: control.NotFound, Message: "no such service", Args: map[string]string{"virtual": virtual}}
}

func (f *fakeRole) Verify(_ context.Context, req control.VerifyRequest) (control.Verified, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, "verify "+req.Virtual+" "+req.Server)
	if f.refuse != nil {
		return control.Verified{}, f.refuse
	}
	return control.Verified{Virtual: req.Virtual, List: []control.Verdict{
		{Server: "172.16.1.33:80", Address: "172.16.1.100:80", Code: code.Ready, Good: true, Link: "eth0", MAC: "02:00:00:00:00:33", Others: []string{"02:00:00:00:00:32"}},
		{Server: "172.16.1.34:80", Address: "172.16.1.100:80", Code: code.AnswersARP, Link: "eth0", MAC: "02:00:00:00:00:34"},
	}}, nil
}

func (f *fakeRole) Stop(string) error { return nil }

func (f *fakeRole) set(change func(*fakeRole)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

// serve answers on RUN/NAME.sock until the returned function is called.
func (f *fakeRole) serve(t *testing.T, runDir string) (stop func()) {
	t.Helper()
	l, err := net.Listen("unix", filepath.Join(runDir, f.name+".sock"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- control.Serve(ctx, l, f, nil, slog.New(slog.NewTextHandler(io.Discard, nil))) }()
	stop = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	t.Cleanup(stop)
	return stop
}
