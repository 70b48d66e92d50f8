package lvsrole

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/engine"
	"holdfast/engine/atomicfile"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/probe"
)

// world is a host in memory: a kernel, a run directory that outlives the
// processes, servers that are well or not, and what the journal got.
type world struct {
	t      testing.TB
	twin   *kernel.Twin
	dir    string
	absent bool // the kernel has no IPVS
	leaves bool // clients bound to a server leave it with weight 0
	disk   atomicfile.Disk
	log    *slog.Logger

	mu      sync.Mutex
	broken  map[string]probe.Result // by target; all others are well
	probed  []probed
	entries []journal.Entry
}

type probed struct {
	target string
	at     time.Time
}

// process is one lvs role that runs.
type process struct {
	*world
	role   engine.Role
	kill   context.CancelFunc
	result chan error
}

func newWorld(t testing.TB) *world {
	return &world{t: t, twin: kernel.NewTwin(), dir: t.TempDir(), log: slog.New(slog.DiscardHandler), broken: map[string]probe.Result{}}
}

// options make the role work in the world; probes are answered from broken.
func (w *world) options() Options {
	return Options{
		OpenIPVS: func() (IPVS, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.absent {
				return nil, kernel.ErrNoIPVS
			}
			return w.twin, nil
		},
		OpenNet: func() (Addresses, error) { return w.twin, nil },
		TemplatesExpire: func() (bool, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.leaves, nil
		},
		ExpireTemplates: func(on bool) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.leaves = on
			return nil
		},
		Probe: func(_ context.Context, c model.Check) probe.Result {
			target := netip.AddrPortFrom(c.Target.Addr, c.Target.Port).String()
			w.mu.Lock()
			defer w.mu.Unlock()
			w.probed = append(w.probed, probed{target, time.Now()})
			if r, bad := w.broken[target]; bad {
				return r
			}
			return probe.Result{Up: true, Text: "HTTP 200, 1 ms"}
		},
	}
}

// boot starts a role and waits until it answers.
func (w *world) boot(cfg model.Config, opt Options) *process {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p := &process{world: w, role: New(opt), kill: cancel, result: make(chan error, 1)}
	host := engine.Services{
		Node: "node1", RunDir: w.dir, StateDir: w.dir, Disk: w.disk, Log: w.log,
		TakeOver: func(context.Context) error { return nil }, Settled: func() {},
		Journal: func(e journal.Entry) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.entries = append(w.entries, e)
		},
	}
	go func() { p.result <- p.role.Run(ctx, cfg, host) }()
	p.status()
	return p
}

// crash ends the process without a word to anybody.
func (p *process) crash() {
	p.t.Helper()
	p.kill()
	if err := <-p.result; err != nil {
		p.t.Fatal(err)
	}
}

func (p *process) stop(mode control.StopMode) {
	p.t.Helper()
	if err := p.role.Stop(context.Background(), mode); err != nil {
		p.t.Fatal(err)
	}
	if err := <-p.result; err != nil {
		p.t.Fatal(err)
	}
	p.kill()
}

func (p *process) status() control.Status {
	p.t.Helper()
	var s control.Status
	if err := p.role.Status(context.Background(), &s); err != nil {
		p.t.Fatal(err)
	}
	return s
}

func (p *process) apply(cfg model.Config) control.Planned {
	p.t.Helper()
	planned, err := p.role.Apply(context.Background(), cfg)
	if err != nil {
		p.t.Fatal(err)
	}
	return planned
}

func (w *world) breakDown(target, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken[target] = probe.Result{Text: text}
}

func (w *world) heal(target string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.broken, target)
}

// pool gives the destinations of the only service, as "ADDR=WEIGHT ...".
func (w *world) pool() string {
	w.t.Helper()
	table := w.table()
	if len(table) != 1 {
		w.t.Fatalf("%d services in the table, want 1", len(table))
	}
	return poolOf(table[0])
}

func (w *world) table() []plan.Service {
	w.t.Helper()
	table, err := w.twin.Read()
	if err != nil {
		w.t.Fatal(err)
	}
	return table
}

func poolOf(s plan.Service) string {
	var ends []string
	for _, d := range s.Destinations {
		ends = append(ends, fmt.Sprintf("%s=%d", d.Addr, d.Weight))
	}
	return strings.Join(ends, " ")
}

// told gives the entries of one kind.
func (w *world) told(kind journal.Kind) []journal.Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.entries), func(e journal.Entry) bool { return e.Kind != kind })
}

// configOf gives a text its meaning.
func configOf(t testing.TB, text string) model.Config {
	t.Helper()
	cfg, findings := model.Parse("lvs.conf", []byte(text), model.Facts{})
	if model.Failed(findings) {
		t.Fatalf("%+v", findings)
	}
	return model.Resolve(cfg)
}

// tutorial is the virtual server of the tutorial's LVS-DR pair. more goes
// into the block.
func tutorial(more string) string {
	return `virtual_server 192.0.2.100 80 {
    delay_loop 6
    lb_algo wrr
    lb_kind DR
    protocol TCP
    sorry_server 127.0.0.1 80
    ` + more + `
    real_server 192.0.2.33 80 {
        weight 1
        HTTP_GET {
            url {
              path /
              status_code 200
            }
            connect_timeout 3
            retry 3
            delay_before_retry 3
        }
    }
    real_server 192.0.2.34 80 {
        weight 2
        HTTP_GET {
            url {
              path /
              status_code 200
            }
            connect_timeout 3
            retry 3
            delay_before_retry 3
        }
    }
}
`
}

const (
	bothServers = "192.0.2.33=1 192.0.2.34=2"
	firstServer = "192.0.2.33:80"
	otherServer = "192.0.2.34:80"
)
