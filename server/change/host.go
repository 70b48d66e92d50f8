package change

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"holdfast/assets"
	"holdfast/engine/facts"
	"holdfast/engine/model"
	"holdfast/server/cli"
	"holdfast/server/show"
	"holdfast/store"
	"holdfast/web/changes"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// Host is what the commands are given by the program around them.
type Host struct {
	Data, RunDir string // where both are unless a flag says so
	// ReadText reads a file that the operator named, "-" for the standard input. Its
	// errors say what to do.
	ReadText func(e *show.Env, name string) ([]byte, error)
	// Vouch notes, where root asks for it, that the programs of a text may run as it says.
	Vouch func(text []byte, data string) error
}

// patience is how long a role has to say where it stands.
const patience = 5 * time.Second

// desk is one run of a command: where the database and the roles are.
type desk struct {
	Host
	*show.Env
	json bool
}

// flags declares --data, --run-dir and --json.
func (d *desk) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.Data, "data", d.Data, "")
	d.roleFlags(cmd)
}

// roleFlags declares --run-dir and --json.
func (d *desk) roleFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.RunDir, "run-dir", d.RunDir, "")
	cmd.Flags().BoolVar(&d.json, "json", false, "")
}

// node is the name of this node as the roles have it, else that of the host.
func (d *desk) node(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	all := show.AskStatus(ctx, d.RunDir)
	if all.VRRP != nil {
		return all.VRRP.Node
	}
	if all.LVS != nil {
		return all.LVS.Node
	}
	name, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return name
}

// workflow is how texts get from here into the kernel and back; s nil: see NewWorkflow.
func (d *desk) workflow(s *store.Store, node string) *changes.Workflow {
	return changes.NewWorkflow(s, live.Dial(d.RunDir), node, func() model.Facts { return facts.Console(node) })
}

// with opens the database for f, and closes it. A fault is told in words.
func (d *desk) with(ctx context.Context, f func(*store.Store, *changes.Workflow) error) error {
	node := d.node(ctx)
	s, err := cli.Database(ctx, d.Env, d.Data)
	if err != nil {
		return err
	}
	return d.said(errors.Join(f(s, d.workflow(s, node)), s.Close()))
}

// said words what the console's functions refuse.
func (d *desk) said(err error) error {
	if err == nil {
		return nil
	}
	f := fault.Of(err)
	if f.Code == fault.Internal {
		return err
	}
	id := "change.fault-" + f.Code
	if words := assets.Text(d.Lang, id, f.Args); words != "["+id+"]" {
		return errors.New(words)
	}
	return errors.New(assets.Text(d.Lang, f.Sentence(), f.Args))
}
