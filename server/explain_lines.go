package main

import (
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// lay makes a section of each text that was read, its lines told apart by what
// they look like; the statements in them are told by walk.
func (x *explainer) lay(tree *conf.File) {
	for i, name := range tree.Names {
		s := section{name: name, inner: i > 0}
		if s.inner {
			s.from = x.where(tree.Included[i])
		}
		text := strings.TrimPrefix(x.texts[name], "\ufeff")
		defining := "" // a definition goes on
		for l := range strings.Lines(text) {
			s.lines = append(s.lines, x.look(strings.TrimRight(l, "\r\n"), &defining))
		}
		x.sections = append(x.sections, s)
	}
	for i := range x.sections {
		if s := &x.sections[i]; s.inner {
			from := x.at(s.from)
			from.kind = includeLine
			from.about = append(from.about, x.Text("explain.reads", map[string]string{"File": s.name}))
		}
	}
	x.ends(tree.Nodes)
}

// look tells a line that is no statement by its beginning.
func (x *explainer) look(text string, defining *string) line {
	l := line{text: text, kind: blankLine}
	body := strings.TrimSpace(text)
	more := strings.HasSuffix(conf.Content(body), `\`)
	if name := *defining; name != "" {
		l.kind, l.about = defineLine, []string{x.Text("explain.defines-on", map[string]string{"Name": name})}
		if !more {
			*defining = ""
		}
		return l
	}
	if m, rest, ok := conf.MarkOf(body); ok {
		if !m.Holds(x.node) {
			l.kind, l.about = otherLine, []string{x.Text("explain.other-node", map[string]string{"Mark": m.String()})}
			return l
		}
		body = strings.TrimSpace(rest)
	}
	name, value, defines := strings.Cut(body, "=")
	switch {
	case body == "":
		l.about = []string{x.Text("explain.nothing", nil)}
	case body[0] == '!' || body[0] == '#':
		l.kind, l.about = commentLine, []string{x.Text("explain.comment", nil)}
	case defines && strings.HasPrefix(name, "$") && !strings.ContainsAny(name, " \t{("):
		l.kind, l.about = defineLine, []string{x.Text("explain.defines", map[string]string{"Name": name[1:], "Value": strings.TrimSpace(strings.TrimSuffix(conf.Content(value), `\`))})}
		if more {
			*defining = name[1:]
		}
	case strings.Trim(conf.Content(body), "{} \t") == "":
		l.kind = braceLine
	case conf.IsInclude(strings.Fields(body)[0]):
		l.kind = includeLine
	default:
		l.kind = unreadLine
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
			if l := x.at(x.where(n.Block.Close.Span())); l.kind == braceLine {
				l.about = append(l.about, x.Text("explain.end", map[string]string{"Block": n.Heading()}))
			}
		}
		if l := x.at(x.where(n.Block.Open.Span())); l.kind == braceLine && len(n.Words) > 0 {
			l.about = append(l.about, x.Text("explain.begin", map[string]string{"Block": n.Heading()}))
		}
		x.ends(n.Block.Nodes)
	}
}

// attach puts findings on their lines.
func (x *explainer) attach(findings []model.Finding) {
	for _, f := range findings {
		i := slices.IndexFunc(x.sections, func(s section) bool { return s.name == f.Range.File })
		if i >= 0 && f.Range.Line >= 1 && f.Range.Line <= len(x.sections[i].lines) {
			l := x.at(spot{i, f.Range.Line - 1})
			l.findings = append(l.findings, f)
		}
	}
}

// place is how a line is named to somebody who reads section in.
func (x *explainer) place(s spot, in int) string {
	if s.section == in {
		return strconv.Itoa(s.line + 1)
	}
	return x.sections[s.section].name + ":" + strconv.Itoa(s.line+1)
}
