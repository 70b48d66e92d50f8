package convert

import (
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// Difference is one thing that the two files of a pair say differently, or alike
// although it tells nodes apart. A value that is not written is nil: it is never
// filled in.
type Difference struct {
	Block  string     `json:"block"` // the headings around it: "virtual_server 192.0.2.1 80 / real_server 10.0.0.1 80"
	Word   string     `json:"word"`
	Values [2]*string `json:"values"` // a block is WholeBlock, a word without a value ""
	Places [2]Place   `json:"places"` // the zero Place where it is not written
	Kind   Kind       `json:"kind"`
}

// WholeBlock is the value of a block that only one side has, and masked that of a
// password.
const (
	WholeBlock = "{ }"
	masked     = "••••••••"
)

// Place is a line of a file; it is written FILE:LINE, and the zero Place "".
type Place struct {
	File string
	Line int
}

func (p Place) String() string {
	if p.Line == 0 {
		return ""
	}
	return p.File + ":" + strconv.Itoa(p.Line)
}

// MarshalText writes FILE:LINE.
func (p Place) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads FILE:LINE.
func (p *Place) UnmarshalText(text []byte) (err error) {
	*p = Place{}
	if n := strings.LastIndexByte(string(text), ':'); n >= 0 {
		p.File = string(text[:n])
		p.Line, err = strconv.Atoi(string(text[n+1:]))
	}
	return err
}

// differences are what the two configurations say differently, in the order of
// their canonical forms, and what both say alike although it tells them apart.
func (p *pair) differences(reading Reading) []Difference {
	c := comparer{words: model.Words(), list: []Difference{}}
	var trees [2]*conf.File
	for i := range trees {
		s := &p[i]
		trees[i] = conf.Parse("", []byte(model.Print(s.Config)), "")
		c.places[i] = placesIn(model.Tree(s.Name, s.Text, reading(s.Node)), c.words)
	}
	c.blocks(trees[0].Nodes, trees[1].Nodes, nil, model.Root)
	return c.list
}

// comparer holds two canonical trees against each other.
type comparer struct {
	words  model.Vocabulary
	places [2]map[string]Place
	list   []Difference
}

// blocks compares the statements of two blocks of one heading.
func (c *comparer) blocks(a, b []conf.Node, above []string, block string) {
	keys, mine, theirs := byKey(a, b)
	for _, key := range keys {
		m, t := mine[key], theirs[key]
		switch {
		case m != nil && t != nil && m.Block != nil && t.Block != nil:
			d := c.words.Of(block, m)
			if d != nil && d.Kind == "block" {
				c.blocks(m.Block.Nodes, t.Block.Nodes, append(slices.Clip(above), m.Heading()), m.Word(0))
			} else {
				c.values(m, t, above)
			}
		case m != nil && t != nil && m.Rest() == t.Rest():
			c.alike(m, above)
		default:
			c.tell(above, block, m, t)
		}
	}
}

// values compares two lists of values, whatever their order.
func (c *comparer) values(m, t *conf.Node, above []string) {
	set := func(list []conf.Node) map[string]bool {
		values := map[string]bool{}
		for i := range list {
			values[list[i].Heading()] = true
		}
		return values
	}
	mine, theirs := set(m.Block.Nodes), set(t.Block.Nodes)
	one := func(side int, n *conf.Node) {
		d := Difference{Block: strings.Join(above, " / "), Word: m.Word(0), Kind: kindOf(m.Word(0))}
		value := n.Heading()
		d.Values[side] = &value
		d.Places[side] = c.places[side][pathOf(append(slices.Clip(above), m.Heading()), n.Word(0))]
		c.list = append(c.list, d)
	}
	for i := range m.Block.Nodes {
		if n := &m.Block.Nodes[i]; !theirs[n.Heading()] {
			one(0, n)
		}
	}
	for i := range t.Block.Nodes {
		if n := &t.Block.Nodes[i]; !mine[n.Heading()] {
			one(1, n)
		}
	}
}

// tell notes a statement that is not the same, or that only one side has.
func (c *comparer) tell(above []string, block string, sides ...*conf.Node) {
	d := Difference{Block: strings.Join(above, " / ")}
	for i, n := range sides {
		if n == nil {
			continue
		}
		d.Word = n.Word(0)
		value := n.Rest()
		if n.Block != nil {
			d.Word, value = n.Heading(), WholeBlock
		}
		if w := c.words.Of(block, n); w != nil && w.Secret {
			value = masked
		}
		d.Values[i], d.Places[i] = &value, c.places[i][pathOf(above, keyOf(n))]
	}
	d.Kind = kindOf(d.Word)
	c.list = append(c.list, d)
}

// alike notes what both say although it tells nodes apart.
func (c *comparer) alike(n *conf.Node, above []string) {
	master := n.Word(0) == "state" && n.Word(1) == "MASTER"
	if !master && !slices.Contains(alone, n.Word(0)) {
		return
	}
	value := n.Rest()
	path := pathOf(above, keyOf(n))
	c.list = append(c.list, Difference{Block: strings.Join(above, " / "), Word: n.Word(0), Values: [2]*string{&value, &value},
		Places: [2]Place{c.places[0][path], c.places[1][path]}, Kind: MustDiffer})
}

// byKey lists the statements of two blocks by what makes them the same.
func byKey(a, b []conf.Node) (keys []string, mine, theirs map[string]*conf.Node) {
	mine, theirs = map[string]*conf.Node{}, map[string]*conf.Node{}
	for side, into := range []map[string]*conf.Node{mine, theirs} {
		seen := map[string]int{}
		for i := range [][]conf.Node{a, b}[side] {
			n := &[][]conf.Node{a, b}[side][i]
			key := keyOf(n)
			seen[key]++
			key += "\x00" + strconv.Itoa(seen[key])
			if mine[key] == nil && theirs[key] == nil {
				keys = append(keys, key)
			}
			into[key] = n
		}
	}
	return keys, mine, theirs
}

// pathOf is how a statement is found again in the text it came from.
func pathOf(above []string, key string) string {
	return strings.Join(append(slices.Clip(above), key), "\x00")
}

// placesIn is where the statements of a text stand, by their paths.
func placesIn(tree *conf.File, v model.Vocabulary) map[string]Place {
	places := map[string]Place{}
	var walk func(nodes []conf.Node, above []string, block string)
	walk = func(nodes []conf.Node, above []string, block string) {
		for i := range nodes {
			n := &nodes[i]
			if len(n.Words) == 0 {
				continue
			}
			key := keyOf(n)
			if d := v.Of(block, n); d != nil && !strings.Contains(d.Word, " ") {
				key = strings.Replace(key, n.Word(0), d.Word, 1)
			}
			at := n.Span()
			path := pathOf(above, key)
			if _, known := places[path]; !known {
				places[path] = Place{tree.Names[at.File], at.Line}
			}
			if n.Block != nil {
				walk(n.Block.Nodes, append(slices.Clip(above), key), n.Word(0))
			}
		}
	}
	walk(tree.Nodes, nil, model.Root)
	return places
}
