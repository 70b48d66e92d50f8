package facts

import (
	"os"
	"os/user"
	"strconv"
)

// Operator is who gives a command: the user behind sudo, else the user of the process.
func Operator() string {
	if name := os.Getenv("SUDO_USER"); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return strconv.Itoa(os.Getuid())
}
