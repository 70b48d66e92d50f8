package orders

import (
	"context"
	"strconv"
	"time"

	"holdfast/engine/control"
	"holdfast/store"
	"holdfast/web/fault"
)

// within is how long the role may take: the kernel is told before it answers.
const within = 30 * time.Second

// Orders gives orders to the roles.
type Orders struct {
	lvs, vrrp *control.Client
	store     *store.Store
}

// New makes Orders; lvs and vrrp are the roles.
func New(s *store.Store, lvs, vrrp *control.Client) *Orders { return &Orders{lvs, vrrp, s} }

// Modes are what can be ordered.
var Modes = []string{"drain", "off", "weight", "back"}

// Give gives an order. Its owner is who asks.
func (o *Orders) Give(ctx context.Context, req control.OrderRequest) (control.Ordered, error) {
	// A browser that leaves leaves no order half told.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer cancel()
	done, err := o.lvs.Order(ctx, req)
	if err != nil {
		return done, away(err)
	}
	what := req.Reason
	if req.Mode == "weight" {
		what = strconv.Itoa(req.Weight) + " " + what
	}
	return done, o.store.Audit(ctx, req.Owner, "server-"+req.Mode, done.Virtual+"/"+done.Server.Name, "", what)
}

// Await waits for the end of a drain, at most so long and at most a minute.
func (o *Orders) Await(ctx context.Context, virtual, server string, most time.Duration) (control.Ordered, error) {
	done, err := o.lvs.AwaitDrain(ctx, virtual, server, most)
	return done, away(err)
}

// Stats are the counters of a virtual server, read now.
func (o *Orders) Stats(ctx context.Context, virtual string) (control.VirtualStats, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	all, err := o.lvs.Stats(ctx, virtual)
	if err != nil || len(all) == 0 {
		return control.VirtualStats{Servers: []control.ServerStats{}}, away(err)
	}
	return all[0], nil
}

// away is the fault of a role that gave no answer; its answer stays as it is.
func away(err error) error {
	if err == nil || fault.Of(err).Code != fault.Internal {
		return err
	}
	return &fault.Error{Code: fault.RoleAway, Args: map[string]string{"Role": "lvs"}, Err: err}
}
