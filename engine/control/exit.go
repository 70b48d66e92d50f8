package control

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// exitPoll is how many milliseconds a wait for an exit lasts before ctx is asked.
const exitPoll = 200

// StopAndWait asks the process behind the socket to end and returns when it is gone,
// so that the next one finds its place free.
func (c *Client) StopAndWait(ctx context.Context, mode StopMode) error {
	pid, err := c.Peer(ctx)
	if err != nil {
		return err
	}
	process, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return fmt.Errorf("watch process %d: %w", pid, err)
	}
	defer unix.Close(process)
	if err := c.Stop(ctx, string(mode)); err != nil {
		return err
	}
	for ctx.Err() == nil {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(process), Events: unix.POLLIN}}, exitPoll)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("wait for process %d: %w", pid, err)
		}
		if n > 0 {
			return nil
		}
	}
	return fmt.Errorf("process %d does not end: %w", pid, ctx.Err())
}
