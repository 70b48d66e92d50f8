package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"holdfast/engine"
	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// localFacts is this host, with the files that an include names and the programs
// that commands run.
func localFacts(node string) model.Facts {
	facts := engine.HostFacts(node)
	facts.Files = includedFiles
	facts.Program, facts.User, facts.Networks = localProgram, localUser, localNetworks()
	return facts
}

// flat is the text that a node runs, in one piece: where it includes files, they
// stand in it, with definitions and generators carried out. Any other text comes
// back as it is.
func flat(file string, text []byte, node string) []byte {
	if !bytes.Contains(text, []byte("include")) {
		return text
	}
	x := conf.Expand(file, text, conf.Options{Node: node, Files: includedFiles})
	if len(x.Names) == 1 {
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
	for _, p := range braces(pattern) {
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

// maxBraces bounds what one pattern may stand for.
const maxBraces = 1000

// braces writes a{b,c}d out as abd and acd.
func braces(pattern string) []string {
	done, todo := []string(nil), []string{pattern}
	for len(todo) > 0 && len(todo)+len(done) < maxBraces {
		p := todo[0]
		todo = todo[1:]
		before, parts, after, ok := brace(p)
		if !ok {
			done = append(done, p)
			continue
		}
		for i := range parts {
			parts[i] = before + parts[i] + after
		}
		todo = append(parts, todo...)
	}
	return done
}

// brace cuts a pattern at its first pair of braces, which may hold others.
func brace(p string) (before string, parts []string, after string, ok bool) {
	start := strings.IndexByte(p, '{')
	depth, from := 0, start+1
	for i := max(start, 0); start >= 0 && i < len(p); i++ {
		switch p[i] {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth == 0 || depth == 1 && p[i] == ',' {
			parts = append(parts, p[from:i])
			from = i + 1
		}
		if depth == 0 {
			return p[:start], parts, p[from:], true
		}
	}
	return "", nil, "", false
}
