package engine

import (
	"context"

	"holdfast/engine/control"
)

// Forwarding says how packets come to the real servers of a virtual server.
func (s *process) Forwarding(ctx context.Context, virtual string) (control.Forwarding, error) {
	role, takes := s.role.(control.Verifying)
	if !takes {
		return control.Forwarding{}, errNoServers
	}
	return role.Forwarding(ctx, virtual)
}

// Verify has the role ask real servers whether they are ready.
func (s *process) Verify(ctx context.Context, req control.VerifyRequest) (control.Verified, error) {
	role, takes := s.role.(control.Verifying)
	if !takes {
		return control.Verified{}, errNoServers
	}
	return role.Verify(ctx, req)
}
