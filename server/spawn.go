package main

import (
	"errors"
	"net"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"holdfast/engine/realtime"
	"holdfast/engine/rights"
	"holdfast/engine/spawn"
)

// newSpawn is the process that runs the programs of a role. It ends when the role has
// closed its end of the connection.
func newSpawn(e *env) *cobra.Command {
	var fd int
	cmd := &cobra.Command{Use: rights.Spawner, Args: noArguments(e), RunE: func(*cobra.Command, []string) error {
		conn, err := connection(fd)
		if err != nil {
			return err
		}
		if conn == nil {
			return errors.New(e.Text("cli.spawn-alone", nil))
		}
		// A manager may signal every process of ours. The role knows what a stop means, and
		// its scripts still have to run. The signals are not ignored, since programs would
		// inherit that.
		notify(make(chan os.Signal, 1), syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
		new(realtime.Rest).Later() // it waits nearly all the time
		return spawn.Serve(conn)
	}}
	cmd.Flags().IntVar(&fd, "conn", 0, "")
	return cmd
}

// connection is the connection behind an inherited descriptor; nil for 0.
func connection(fd int) (net.Conn, error) {
	file := inherited(fd, "connection")
	if file == nil {
		return nil, nil
	}
	conn, err := net.FileConn(file)
	return conn, errors.Join(err, file.Close())
}
