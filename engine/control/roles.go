package control

import "path/filepath"

// Roles are the names of the two halves of the engine.
var Roles = [...]string{"vrrp", "lvs"}

// Socket is the path of the control socket of role in the run directory.
func Socket(runDir, role string) string { return filepath.Join(runDir, role+".sock") }
