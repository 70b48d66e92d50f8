package engine

import (
	"context"
	"time"

	"holdfast/engine/control"
)

// Standby hands a wish about who holds the addresses to the role.
func (s *process) Standby(ctx context.Context, req control.StandbyRequest) (control.StoodBy, error) {
	role, takes := s.role.(control.Standing)
	if !takes {
		return control.StoodBy{}, &control.Problem{Code: control.NotFound, Message: "this role has no virtual routers"}
	}
	return role.Standby(ctx, req)
}

// errNoServers answers an order to a role that has no real servers.
var errNoServers = &control.Problem{Code: control.NotFound, Message: "this role has no real servers"}

// Order hands an order about a real server to the role.
func (s *process) Order(ctx context.Context, req control.OrderRequest) (control.Ordered, error) {
	role, takes := s.role.(control.Orderly)
	if !takes {
		return control.Ordered{}, errNoServers
	}
	return role.Order(ctx, req)
}

// AwaitDrain waits with the role for the end of a drain.
func (s *process) AwaitDrain(ctx context.Context, virtual, server string, most time.Duration) (control.Ordered, error) {
	role, takes := s.role.(control.Orderly)
	if !takes {
		return control.Ordered{}, errNoServers
	}
	return role.AwaitDrain(ctx, virtual, server, most)
}

// Stats hands a question for counters to the role.
func (s *process) Stats(ctx context.Context, virtual string) ([]control.VirtualStats, error) {
	role, counts := s.role.(control.Counting)
	if !counts {
		return nil, errNoServers
	}
	return role.Stats(ctx, virtual)
}
