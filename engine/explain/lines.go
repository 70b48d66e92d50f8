package explain

import (
	"slices"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// lay makes a section of each text that was read, its lines told apart by what
// they look like; the statements in them are told by walk.
func (x *explainer) lay(tree *conf.File) {
	for i, name := range tree.Names {
		s := Section{Name: name, Inner: i > 0}
		if s.Inner {
			s.From = where(tree.Included[i])
		}
		text := strings.TrimPrefix(x.texts[name], "\ufeff")
		defining := "" // a definition goes on
		for l := range strings.Lines(text) {
			s.Lines = append(s.Lines, x.look(strings.TrimRight(l, "\r\n"), &defining))
		}
		x.Sections = append(x.Sections, s)
	}
	for i := range x.Sections {
		if s := &x.Sections[i]; s.Inner {
			from := x.At(s.From)
			from.Kind = Include
			from.About = append(from.About, note(Reads, "File", s.Name))
		}
	}
	x.ends(tree.Nodes)
}

// look tells a line that is no statement by its beginning.
func (x *explainer) look(text string, defining *string) Line {
	l := Line{Text: text, Kind: Blank}
	body := strings.TrimSpace(text)
	if name := *defining; name != "" {
		l.Kind, l.About = Definition, []Note{note(DefinesOn, "Name", name)}
		if !conf.GoesOn(text) {
			*defining = ""
		}
		return l
	}
	if m, rest, ok := conf.MarkOf(body); ok {
		if !m.Holds(x.Node) {
			l.Kind, l.About = OtherNode, []Note{note(ForOtherNode, "Mark", m.String())}
			return l
		}
		body = strings.TrimSpace(rest)
	}
	name, value, defines := strings.Cut(body, "=")
	switch {
	case body == "":
		l.About = []Note{{Code: Nothing}}
	case body[0] == '!' || body[0] == '#':
		l.Kind, l.About = Comment, []Note{{Code: IsComment}}
	case defines && strings.HasPrefix(name, "$") && !strings.ContainsAny(name, " \t{("):
		value = strings.TrimSpace(strings.TrimSuffix(conf.Content(value), `\`))
		l.Kind, l.About = Definition, []Note{{Code: Defines, Args: map[string]string{"Name": name[1:], "Value": value}}}
		if conf.GoesOn(body) {
			*defining = name[1:]
		}
	case strings.Trim(conf.Content(body), "{} \t") == "":
		l.Kind = Brace
	case conf.IsInclude(strings.Fields(body)[0]):
		l.Kind = Include
	default:
		l.Kind = Unread
	}
	return l
}

// ends tells closing braces what they close.
func (x *explainer) ends(nodes []conf.Node) {
	for i := range nodes {
		n := &nodes[i]
		if n.Block == nil {
			continue
		}
		if n.Block.Closed {
			if l := x.At(where(n.Block.Close.Span())); l.Kind == Brace {
				l.About = append(l.About, note(Ends, "Block", n.Heading()))
			}
		}
		if l := x.At(where(n.Block.Open.Span())); l.Kind == Brace && len(n.Words) > 0 {
			l.About = append(l.About, note(Begins, "Block", n.Heading()))
		}
		x.ends(n.Block.Nodes)
	}
}

// attach puts findings on their lines.
func (x *explainer) attach(findings []model.Finding) {
	for _, f := range findings {
		i := slices.IndexFunc(x.Sections, func(s Section) bool { return s.Name == f.Range.File })
		if i >= 0 && f.Range.Line >= 1 && f.Range.Line <= len(x.Sections[i].Lines) {
			l := x.At(LineRef{i, f.Range.Line - 1})
			l.Findings = append(l.Findings, f)
		}
	}
}
