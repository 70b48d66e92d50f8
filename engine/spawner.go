package engine

import (
	"net"

	"holdfast/engine/script"
	"holdfast/engine/spawn"
)

// spawner has programs run by the process at the other end of conn. When that one is
// gone, so are the programs, and this process hands off: the parent starts both anew.
func (s *process) spawner(conn net.Conn) script.Runner {
	client := spawn.NewClient(conn)
	s.tasks.Go(func() error {
		select {
		case <-client.Gone():
			s.log.Warn("the process that runs programs is gone; handing off")
			s.cancel()
		case <-s.ctx.Done():
		}
		return nil
	})
	return client.Run
}
