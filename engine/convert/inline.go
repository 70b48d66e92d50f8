package convert

import (
	"bytes"
	"iter"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// Reading gives what a node may read beside a text: included files and the
// environment. It is asked for each reading anew, since files may be bounded for
// one text. What has neither gives Facts with the node alone.
type Reading func(node string) model.Facts

// Inline is a text with the files that it includes, and carried says whether its
// definitions had to be carried out, too, as node reads them. Where it can, each
// include line gives way to the file it names, so that definitions, generators,
// comments and the lines of all nodes stay as they are written. A text that
// includes nothing for node and asks for no environment comes back as it is.
func Inline(name string, text []byte, node string, reading Reading) (one []byte, carried bool) {
	expanded := Flat(name, text, node, reading)
	if bytes.Equal(expanded, text) {
		return text, false
	}
	in := inliner{files: reading(node).Files}
	in.read(conf.Source{Name: name, Text: text}, 0)
	if in.failed {
		return expanded, true
	}
	one = []byte(in.out.String())
	for _, n := range append(conf.Nodes(one), node, "") { // "" stands for all others
		was := conf.Expand(name, text, reading(n).Options())
		is := conf.Expand(name, one, reading(n).Options())
		if len(is.Names) > 1 || !sameStatements(was.Text, is.Text) {
			return expanded, true
		}
	}
	return one, false
}

// sameStatements says whether two expanded texts differ in comments and blanks only.
func sameStatements(a, b string) bool {
	next, stop := iter.Pull(statements(b))
	defer stop()
	for line := range statements(a) {
		if other, ok := next(); !ok || line != other {
			return false
		}
	}
	_, more := next()
	return !more
}

// statements are the lines of a text that say something.
func statements(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
			if said := strings.TrimSpace(conf.Content(line)); said != "" && !yield(said) {
				return
			}
		}
	}
}

// Flat is the text that a node runs, in one piece: where it includes files or asks
// for the environment, these stand in it, with definitions and generators carried
// out. Any other text comes back as it is.
func Flat(name string, text []byte, node string, reading Reading) []byte {
	beside := reading(node)
	env := beside.Env != nil && bytes.Contains(text, []byte("${_ENV "))
	if !env && (beside.Files == nil || !bytes.Contains(text, []byte("include"))) {
		return text
	}
	x := conf.Expand(name, text, beside.Options())
	if len(x.Names) == 1 && !env {
		return text
	}
	return []byte(x.Text)
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
	if depth > deepest || in.out.Len() > conf.Largest || strings.Contains(text, "${_PWD}") || strings.Contains(text, "${_ENV ") {
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
		if in.include(pattern, src.Name, depth); in.failed {
			return
		}
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
