package probe

import (
	"context"

	"holdfast/engine/model"
)

// tcp is TCP_CHECK: up if the connection is there within connect_timeout. It is
// closed at once.
func (p *Prober) tcp(ctx context.Context, c model.Check) Result {
	conn, err := openTCP(ctx, c)
	if err != nil {
		return failed(err, c)
	}
	_ = p.closings.close(conn, to(c)) // that it was there is all that is asked
	return Result{Up: true, Code: "connected", Text: "connected", answered: true}
}
