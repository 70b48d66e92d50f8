package main

import (
	"os"

	"github.com/spf13/cobra"
)

// places are the directories and the name that several commands share.
type places struct {
	node, runDir, stateDir string
}

// flags declares --node, --run-dir and --state-dir on cmd.
func (p *places) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.node, "node", hostName(), "")
	cmd.Flags().StringVar(&p.runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().StringVar(&p.stateDir, "state-dir", "", "")
}

const (
	defaultRunDir = "/run/holdfast"
	defaultData   = "/var/lib/holdfast"
	defaultListen = "127.0.0.1:8080"
)

func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return name
}
