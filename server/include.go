package main

import (
	"bytes"
	"os"

	"holdfast/engine"
	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// localFacts is this host, with the files that an include names and the programs
// that commands run.
func localFacts(node string) model.Facts {
	facts := engine.HostFacts(node)
	facts.Files, facts.Env = includedFiles(), os.LookupEnv
	facts.Program, facts.User, facts.Networks = localProgram, localUser, localNetworks()
	return facts
}

// consoleFacts is this host as the console sees it. What runs there is one text:
// its includes were taken in when it was imported.
func consoleFacts(node string) model.Facts {
	facts := engine.HostFacts(node)
	facts.Program, facts.User, facts.Networks = visibleProgram, localUser, localNetworks()
	return facts
}

// flat is the text that a node runs, in one piece: where it includes files or asks
// for the environment, these stand in it, with definitions and generators carried
// out. Any other text comes back as it is.
func flat(file string, text []byte, node string) []byte {
	env := bytes.Contains(text, []byte("${_ENV "))
	if !env && !bytes.Contains(text, []byte("include")) {
		return text
	}
	x := conf.Expand(file, text, filesHere(node).Options())
	if len(x.Names) == 1 && !env {
		return text
	}
	return []byte(x.Text)
}
