package main

import (
	"bytes"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/facts"
	"holdfast/engine/model"
)

// onePiece is a text with the files that it includes, and carried says whether
// its definitions had to be carried out, too. Where it can, each include line gives
// way to the file it names, so that definitions, generators, comments and the
// lines of all nodes stay as they are written. A text that includes nothing comes
// back as it is.
func onePiece(file string, text []byte, node string) (one []byte, carried bool) {
	expanded := flat(file, text, node)
	if bytes.Equal(expanded, text) {
		return text, false
	}
	in := inliner{files: facts.Files()}
	in.read(conf.Source{Name: file, Text: text}, 0)
	if in.failed {
		return expanded, true
	}
	one = []byte(in.out.String())
	for _, n := range append(conf.Nodes(one), node) {
		was, _ := model.Parse(file, text, facts.Reading(n))
		is, _ := model.Parse(file, one, facts.Reading(n))
		if !model.Equal(was, is) {
			return expanded, true
		}
	}
	return one, false
}

// inliner puts files in the place of the lines that include them.
type inliner struct {
	files  func(pattern, from string) ([]conf.Source, error)
	out    strings.Builder
	failed bool // a line cannot be replaced without a look at its definitions or its node
}

// deepest is how deep files may include others.
const deepest = 32

func (in *inliner) read(src conf.Source, depth int) {
	text := string(src.Text)
	if depth > deepest || in.out.Len() > facts.Largest || strings.Contains(text, "${_PWD}") || strings.Contains(text, "${_ENV ") {
		in.failed = true
		return
	}
	for line := range strings.Lines(text) {
		body := strings.Fields(conf.Content(line))
		marked := len(body) > 0 && strings.HasPrefix(body[0], "@")
		if marked {
			body = body[1:]
		}
		if len(body) == 0 || !conf.IsInclude(body[0]) {
			in.out.WriteString(line)
			continue
		}
		pattern := strings.Trim(strings.Join(body[1:], " "), `"`)
		if marked || pattern == "" || strings.Contains(pattern, "$") {
			in.failed = true
			return
		}
		in.include(pattern, src.Name, depth)
	}
	if !strings.HasSuffix(text, "\n") {
		in.out.WriteString("\n")
	}
}

func (in *inliner) include(pattern, from string, depth int) {
	sources, err := in.files(pattern, from)
	if err != nil {
		in.failed = true
		return
	}
	for _, src := range sources {
		in.out.WriteString("! " + src.Name + ":\n")
		if in.read(src, depth+1); in.failed {
			return
		}
	}
}
