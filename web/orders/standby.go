package orders

import (
	"context"
	"strings"
	"time"

	"holdfast/engine/control"
	"holdfast/web/fault"
)

// StandbyWait is how many seconds a page or a request waits for another router to take
// over, where it says nothing else.
const StandbyWait = 10

// Stand has other routers take over or ends that, or tells what would come of it. Its
// owner is who asks.
func (o *Orders) Stand(ctx context.Context, req control.StandbyRequest) (control.StoodBy, error) {
	// A browser that leaves leaves no order half told.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within+time.Duration(req.Wait*float64(time.Second)))
	defer cancel()
	done, err := o.vrrp.Standby(ctx, req)
	switch {
	case err != nil && fault.Of(err).Code == fault.Internal:
		return done, &fault.Error{Code: fault.RoleAway, Args: map[string]string{"Role": "vrrp"}, Err: err}
	case err != nil || req.Preview:
		return done, err
	}
	act := req.Mode
	if act == control.HandBack {
		act = "hand-back"
	}
	return done, o.store.Audit(ctx, req.Owner, act, strings.Join(req.Names, ", "), "", req.Reason)
}
