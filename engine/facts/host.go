package facts

import (
	"os"

	"holdfast/engine/model"
)

// Reading is what only reading a text for a node needs: included files and the
// environment. What it gives is for one text: the files of its includes have a
// budget of bytes and names.
func Reading(node string) model.Facts {
	return model.Facts{Node: node, Files: Files(), Env: os.LookupEnv}
}

// Local adds to a host's facts the files that an include names and the programs
// that commands run. It is for one text, as Reading is.
func Local(host model.Facts) model.Facts {
	host.Files, host.Env = Files(), os.LookupEnv
	host.Program, host.User, host.Networks = localProgram, localUser, localNetworks()
	return host
}

// Console adds to a host's facts what a process without rights sees of it. It
// reads no files: what runs there is one text, and its includes were taken in when
// it was imported.
func Console(host model.Facts) model.Facts {
	host.Program, host.User, host.Networks = visibleProgram, localUser, localNetworks()
	return host
}
