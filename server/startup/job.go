package startup

import (
	"holdfast/engine/model"
	"holdfast/engine/script"
)

// The moments, as the command names them.
const (
	Startup  = "startup"
	Shutdown = "shutdown"
)

// jobOf is the program that a resolved configuration has run at a moment; false where it
// names none.
func jobOf(g model.Global, moment string) (job script.Job, written bool) {
	c, limit := g.StartupScript, g.StartupTimeout
	if moment == Shutdown {
		c, limit = g.ShutdownScript, g.ShutdownTimeout
	}
	as := c.User.Or(g.ScriptUser.Val)
	return script.Job{Argv: c.Argv, User: as.Name, Group: as.Group, Timeout: limit.Val.Duration(), Secure: g.ScriptSecurity}, c.Written()
}
