package main

import (
	"bytes"

	"holdfast/engine/conf"
	"holdfast/engine/facts"
)

// flat is the text that a node runs, in one piece: where it includes files or asks
// for the environment, these stand in it, with definitions and generators carried
// out. Any other text comes back as it is.
func flat(file string, text []byte, node string) []byte {
	env := bytes.Contains(text, []byte("${_ENV "))
	if !env && !bytes.Contains(text, []byte("include")) {
		return text
	}
	x := conf.Expand(file, text, facts.Reading(node).Options())
	if len(x.Names) == 1 && !env {
		return text
	}
	return []byte(x.Text)
}
