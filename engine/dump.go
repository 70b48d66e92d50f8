package engine

import (
	"context"

	"holdfast/engine/control"
)

// Dumper is a role that writes reports as keepalived's process of that role does. It
// returns when the file is complete; the role's loop does not wait for that.
type Dumper interface {
	Dump(ctx context.Context, d control.Dump) error
}

// report has the role write the reports that the process is asked for, one after the
// other. A role that has none passes over the request.
func (s *process) report() error {
	role, ok := s.role.(Dumper)
	for {
		select {
		case d := <-s.opt.Dump:
			if !ok {
				continue
			}
			if err := role.Dump(s.ctx, d); err != nil && s.ctx.Err() == nil {
				s.log.Error("writing a report", "report", string(d), "err", err)
			}
		case <-s.ctx.Done():
			return nil
		}
	}
}
