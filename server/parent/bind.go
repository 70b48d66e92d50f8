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
	ambient, err := rights.Bind(rights.Of(p.Name))
	cmd.SysProcAttr.AmbientCaps = ambient
	return err
}
