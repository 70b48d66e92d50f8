package facts

import (
	"net"
	"os"
	"os/exec"

	"holdfast/engine/model"
)

// Host is what a text is held against on this host: its interfaces, and whether
// it has bash. What it costs is a list of the interfaces, so a role may ask for it
// at each text.
func Host(node string) model.Facts {
	host := model.Facts{Node: node, Number: numbers(nameDirs, protocolsFile), KeyFile: keyFile}
	if links, err := net.Interfaces(); err == nil {
		host.Known = true
		for _, l := range links {
			host.Interfaces = append(host.Interfaces, l.Name)
		}
	}
	_, err := exec.LookPath("bash")
	host.Bash = err == nil
	return host
}

// Reading is what only reading a text for a node needs: included files and the
// environment. What it gives is for one text: the files of its includes have a
// budget of bytes and names.
func Reading(node string) model.Facts {
	return model.Facts{Node: node, Files: Files(), Env: os.LookupEnv, Number: numbers(nameDirs, protocolsFile)}
}

// Local adds to the facts of Host the files that an include names and the programs
// that commands run. It is for one text, as Reading is.
func Local(node string) model.Facts {
	host := Host(node)
	host.Files, host.Env = Files(), os.LookupEnv
	host.Program, host.User, host.Root = localProgram, localUser, runsAsRoot
	host.Addresses, host.Networks = localAddresses()
	return host
}

// Console adds to the facts of Host what a process without rights sees of it. It
// reads no files: what runs there is one text, and its includes were taken in when
// it was imported.
func Console(node string) model.Facts {
	host := Host(node)
	host.KeyFile = nil // it may not read them
	host.Program, host.User, host.Root = visibleProgram, localUser, runsAsRoot
	host.Addresses, host.Networks = localAddresses()
	return host
}
