package main

import (
	"os"

	"github.com/spf13/cobra"

	"holdfast/engine/policy"
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

// programFlags declares on cmd what root allows programs of the console's texts.
func programFlags(cmd *cobra.Command, p *policy.Policy) {
	cmd.Flags().StringArrayVar(&p.Users, "program-user", nil, "")
	cmd.Flags().StringArrayVar(&p.Dirs, "program-dir", nil, "")
	cmd.Flags().StringArrayVar(&p.Files, "file-dir", nil, "")
}

// programArgs are the flags that say p to a role.
func programArgs(p policy.Policy) (args []string) {
	for _, user := range p.Users {
		args = append(args, "--program-user="+user)
	}
	for _, dir := range p.Dirs {
		args = append(args, "--program-dir="+dir)
	}
	for _, dir := range p.Files {
		args = append(args, "--file-dir="+dir)
	}
	return args
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
