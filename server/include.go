package main

import (
	"bytes"
	"os"
	"path/filepath"

	"holdfast/engine"
	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// localFacts is this host, with the files that an include names and the programs
// that commands run.
func localFacts(node string) model.Facts {
	facts := engine.HostFacts(node)
	facts.Files, facts.Env = includedFiles, os.LookupEnv
	facts.Program, facts.User, facts.Networks = localProgram, localUser, localNetworks()
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
	x := conf.Expand(file, text, conf.Options{Node: node, Files: includedFiles, Env: os.LookupEnv})
	if len(x.Names) == 1 && !env {
		return text
	}
	return []byte(x.Text)
}

// includedFiles reads what an include names, as keepalived does: from the
// directory of the including file, in the order of the pattern, and only regular
// files that are not executable.
func includedFiles(pattern, from string) ([]conf.Source, error) {
	if !filepath.IsAbs(pattern) {
		pattern = filepath.Join(filepath.Dir(from), pattern)
	}
	var found []conf.Source
	for _, p := range conf.Braces(pattern) {
		names, err := filepath.Glob(p)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			info, err := os.Stat(name)
			if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 != 0 {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return found, err
			}
			found = append(found, conf.Source{Name: name, Text: text})
		}
	}
	return found, nil
}
