package model

import (
	"strings"

	"holdfast/engine/conf"
)

// Annotate puts the comments of a text into its canonical form: each to the
// statement it stands before or behind, and where nothing is left of that, to the
// next one. What Holdfast says in comments (see allow.go) is said there, too.
func Annotate(canonical string, source *conf.File) string {
	a := annotator{homes: map[*conf.Node]*conf.Node{}, before: map[int][]string{}, behind: map[int]string{}, aliases: map[[2]string]string{}, lists: map[string]bool{}}
	for _, d := range Directives() {
		for _, alias := range d.Aliases {
			a.aliases[[2]string{d.Block, alias}] = d.Word
		}
		if d.Opens && d.Kind != "block" {
			a.lists[d.Word] = true
		}
	}
	target := conf.Parse("", []byte(canonical), "")
	a.match(source.Nodes, target.Nodes, root)
	head := a.head(source)
	a.walk(source.Nodes)
	a.lead(source.Tail)
	return head + a.write(canonical)
}

// annotator finds the line of the canonical form that each comment belongs to.
type annotator struct {
	homes   map[*conf.Node]*conf.Node // statement of the source -> of the canonical form
	aliases map[[2]string]string
	lists   map[string]bool // words whose blocks hold values
	before  map[int][]string
	behind  map[int]string
	headed  string   // the lead of the first statement that is the head of the text
	last    int      // the line of what was read last, 0 where nothing is left of it
	waiting []string // comments for the next line
}

// head is what stands above the first statement and is parted from it by a blank
// line: it speaks of the whole text and stays above it.
func (a *annotator) head(source *conf.File) string {
	if len(source.Nodes) == 0 || len(source.Nodes[0].Words) == 0 {
		return ""
	}
	lead := source.Nodes[0].Words[0].Lead
	lines := strings.Split(lead, "\n")
	last := len(lines) - 2
	for last >= 0 && strings.TrimSpace(lines[last]) != "" {
		last--
	}
	if last <= 0 {
		return ""
	}
	a.headed = strings.Join(lines[:last], "\n")
	a.lead(a.headed)
	if len(a.waiting) == 0 {
		return ""
	}
	head := strings.Join(a.waiting, "\n") + "\n\n"
	a.waiting = nil
	return head
}

// match finds the statements of one block again: by their word and which of its
// kind they are, or by all their words.
func (a *annotator) match(from, to []conf.Node, block string) {
	mine, theirs := a.groups(from, block), a.groups(to, block)
	for key, list := range mine {
		others := theirs[key]
		alike := map[string]*conf.Node{}
		if len(others) > 1 && len(others) != len(list) {
			for _, o := range others {
				alike[rawText(o)] = o
			}
		}
		for i, n := range list {
			home := (*conf.Node)(nil)
			switch {
			case len(others) == len(list):
				home = others[i]
			case len(others) == 1:
				home = others[0]
			default:
				home = alike[rawText(n)]
			}
			if home == nil {
				continue
			}
			a.homes[n] = home
			if n.Block != nil && home.Block != nil {
				a.match(n.Block.Nodes, home.Block.Nodes, n.Word(0))
			}
		}
	}
}

// groups lists the statements of a block by their words; values by what they name.
func (a *annotator) groups(nodes []conf.Node, block string) map[string][]*conf.Node {
	groups := map[string][]*conf.Node{}
	for i := range nodes {
		n := &nodes[i]
		if len(n.Words) == 0 || n.Stray {
			continue
		}
		key := n.Word(0)
		if a.lists[block] {
			key, _, _ = strings.Cut(key, "/")
		} else if own, ok := a.aliases[[2]string{block, key}]; ok {
			key = own
		}
		groups[key] = append(groups[key], n)
	}
	return groups
}

func rawText(n *conf.Node) string {
	words := []string{}
	for i := range n.Words {
		words = append(words, n.Words[i].Value())
	}
	return strings.Join(words, " ")
}

// walk goes through the source as it is written.
func (a *annotator) walk(nodes []conf.Node) {
	for i := range nodes {
		n := &nodes[i]
		home := a.homes[n]
		if len(n.Words) > 0 {
			a.lead(strings.TrimPrefix(n.Words[0].Lead, a.headed))
			a.headed = ""
			a.arrive(home, func(h *conf.Node) int { return h.Span().Line })
		}
		if n.Block == nil {
			continue
		}
		a.lead(n.Block.Open.Lead)
		a.walk(n.Block.Nodes)
		a.lead(n.Block.Close.Lead)
		if home != nil && home.Block == nil {
			home = nil
		}
		a.arrive(home, func(h *conf.Node) int { return h.Block.Close.Span().Line })
	}
}

// lead takes up what stands before a token: first what is behind the one before it.
func (a *annotator) lead(text string) {
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "\ufeff"))
		if line == "" || line[0] != '!' && line[0] != '#' {
			continue
		}
		if isOption(line) {
			continue // the canonical form has it
		}
		if i == 0 && a.last > 0 && a.behind[a.last] == "" {
			a.behind[a.last] = line
		} else {
			a.waiting = append(a.waiting, line)
		}
	}
}

// arrive gives the comments that wait to a line of the canonical form.
func (a *annotator) arrive(home *conf.Node, line func(*conf.Node) int) {
	if a.last = 0; home == nil {
		return
	}
	a.last = line(home)
	a.before[a.last] = append(a.before[a.last], a.waiting...)
	a.waiting = nil
}

func (a *annotator) write(canonical string) string {
	var out strings.Builder
	no := 0
	for line := range strings.Lines(canonical) {
		no++
		line = strings.TrimSuffix(line, "\n")
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		if strings.HasSuffix(line, "}") {
			indent += "    "
		}
		comments := a.before[no]
		if c := a.behind[no]; c != "" && len(line)+len(c)+2 < conf.LongestRead {
			line += "  " + c
		} else if c != "" {
			comments = append(comments, c)
		}
		for _, c := range comments {
			out.WriteString(indent + c + "\n")
		}
		out.WriteString(line + "\n")
	}
	for _, c := range a.waiting {
		out.WriteString(c + "\n")
	}
	return out.String()
}
