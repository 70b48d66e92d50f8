package kernel

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"time"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
)

// Twin is a kernel in memory behind the same doors as Net and IPVS. Its methods
// may be called from any goroutine.
type Twin struct {
	mu            sync.Mutex // guards all below
	links         []Link     // without Addrs: those are in strange and ours
	cables        map[string]*Wire
	lastIndex     int
	state         plan.State
	ours          plan.State // what Apply added and nobody deleted
	watchers      map[*twinWatcher]bool
	routeWatchers map[chan struct{}]bool
	announced     []Announcement
	applied       plan.Plan
	refuse        func(plan.Op) error
	settings      []plan.Setting
	counts        map[plan.ServiceKey]map[netip.AddrPort]DestinationStats
}

// Announcement is one gratuitous ARP.
type Announcement struct {
	Link string
	Addr netip.Addr
	At   time.Time
}

// NewTwin makes an empty kernel: no links, no addresses, no services.
func NewTwin() *Twin {
	return &Twin{cables: map[string]*Wire{}, watchers: map[*twinWatcher]bool{}}
}

// Close does nothing: a kernel outlives its users.
func (t *Twin) Close() {}

// Apply carries out p as Net.Apply and IPVS.Apply do, whatever its verbs.
func (t *Twin) Apply(ctx context.Context, p plan.Plan) (done plan.Plan, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var errs []error
	for _, o := range p {
		if err := ctx.Err(); err != nil {
			return done, errors.Join(append(errs, err)...)
		}
		did, err := t.apply(o)
		if err != nil {
			errs = append(errs, &OpError{o, err})
			continue
		}
		t.applied, done = append(t.applied, did...), append(done, did...)
	}
	return done, errors.Join(errs...)
}

// apply carries out o and gives what was done: o, the edit that it became, or
// nothing where nothing was to do.
func (t *Twin) apply(o plan.Op) (did plan.Plan, err error) {
	if t.refuse != nil {
		if err := t.refuse(o); err != nil {
			return nil, err
		}
	}
	ofAddress := o.Verb == plan.AddAddress || o.Verb == plan.DeleteAddress
	if ofAddress && t.linkAt(o.Address.Link) < 0 {
		return nil, unix.ENODEV
	}
	switch o.Verb {
	case plan.AddLink, plan.EditLink, plan.DeleteLink, plan.ChangeSetting:
		return t.applyLink(o)
	}
	if link := o.Route.Link; (o.Verb == plan.AddRoute || o.Verb == plan.DeleteRoute) && link != "" && t.linkAt(link) < 0 {
		if o.Verb == plan.DeleteRoute {
			return nil, nil
		}
		return nil, unix.ENODEV
	}
	next, err := t.state.With(o)
	if edit, ok := asEdit(o); ok && errors.Is(err, plan.EEXIST) {
		o = edit
		next, err = t.state.With(o)
	}
	var answer plan.Errno
	if errors.As(err, &answer) {
		errno := unix.Errno(answer)
		if unneeded(o, errno) || reached(o, errno) {
			return nil, nil
		}
		return nil, errno
	}
	t.state = next
	if ofAddress {
		if mine, err := t.ours.With(o); err == nil {
			t.ours = mine
		}
		t.tellAddress(o.Address, o.Verb == plan.DeleteAddress)
	}
	if o.Verb == plan.DeleteRoute || o.Verb == plan.DeleteRule {
		t.tellRoutes()
	}
	return plan.Plan{o}, nil
}

// Addresses lists every address of every link, ours or not.
func (t *Twin) Addresses() ([]plan.Address, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state.Normal().Addresses, nil
}

// OurAddresses lists the addresses that Apply added.
func (t *Twin) OurAddresses() ([]plan.Address, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ours.Normal().Addresses, nil
}

// Read gives the whole table of services, sorted.
func (t *Twin) Read() ([]plan.Service, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state.Normal().Services, nil
}

// ReadSome gives what the table has under these keys, sorted.
func (t *Twin) ReadSome(keys []plan.ServiceKey) ([]plan.Service, error) {
	all, err := t.Read()
	return slices.DeleteFunc(all, func(v plan.Service) bool { return !slices.Contains(keys, v.Key) }), err
}

// Daemons lists the daemons that copy connections. This kernel's links take messages
// of 1472 bytes.
func (t *Twin) Daemons() ([]plan.SyncDaemon, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.state.Normal().Daemons
	for i := range all {
		if all[i].MaxLen == 0 {
			all[i].MaxLen = 1472
		}
	}
	return all, nil
}

// Timeouts gives those of IPVS: at first the kernel's own.
func (t *Twin) Timeouts() (plan.Timeouts, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state.Timeouts.Over(plan.Timeouts{TCP: 900, FIN: 120, UDP: 300}), nil
}

// Announce notes one gratuitous ARP.
func (t *Twin) Announce(link string, a netip.Addr) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	a = a.Unmap()
	i := t.linkAt(link)
	switch {
	case i < 0:
		return unix.ENODEV
	case !t.links[i].Up:
		return unix.ENETDOWN
	}
	t.announced = append(t.announced, Announcement{Link: link, Addr: a, At: time.Now()})
	return nil
}

// Announced lists what was announced so far, in order.
func (t *Twin) Announced() []Announcement {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.announced)
}

// Applied lists the operations that were carried out so far, in order.
func (t *Twin) Applied() plan.Plan {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.applied)
}

// Refuse lets the kernel answer operations with the error that why gives; nil
// ends that. why is called under the twin's lock.
func (t *Twin) Refuse(why func(plan.Op) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refuse = why
}
