package parent

import (
	"os"
	"os/exec"

	"holdfast/engine/rights"
)

// bind has an engine role that runs as root keep the capabilities of its table alone.
// It is called on the thread that starts cmd, which ends afterwards.
func (p Process) bind(cmd *exec.Cmd) error {
	if !p.Engine || os.Geteuid() != 0 {
		return nil
	}
	return bindAs(p.Name, cmd)
}

// bindAs has cmd keep the capabilities of name's table alone. What is not to run programs
// gains nothing by executing one.
func bindAs(name string, cmd *exec.Cmd) error {
	ambient, err := rights.Bind(rights.Of(name))
	cmd.SysProcAttr.AmbientCaps = ambient
	if err == nil && name != rights.Spawner {
		err = rights.NoNewPrivs()
	}
	return err
}
