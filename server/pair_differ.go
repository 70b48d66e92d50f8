package main

import (
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/facts"
	"holdfast/engine/model"
)

// difference is one thing that the two files of a pair say differently. A value
// that is not written is nil: it is never filled in.
type difference struct {
	Block  string     `json:"block"` // the headings around it: "virtual_server 192.0.2.1 80 / real_server 10.0.0.1 80"
	Word   string     `json:"word"`
	Values [2]*string `json:"values"`
	Places [2]string  `json:"places"` // FILE:LINE, "" where it is not written
	Kind   string     `json:"kind"`   // identity, must-agree, must-differ, or setting
}

// The words that tell the nodes of a pair apart, and those that have to be the
// same, or the routers do not hear each other. alone are identity words of which
// both nodes may hardly have the same.
var (
	identity  = []string{"router_id", "state", "interface", "priority", "unicast_src_ip", "mcast_src_ip", "unicast_peer", "smtp_helo_name", "notification_email_from", "instance"}
	mustAgree = []string{"virtual_router_id", "advert_int", "auth_type", "auth_pass", "version", "vrrp_version", "vrrp_mcast_group4", "vrrp_mcast_group6", "mcast_dst_ip", "virtual_ipaddress"}
	alone     = []string{"router_id", "unicast_src_ip", "mcast_src_ip"}
)

func kindOfWord(word string) string {
	switch {
	case slices.Contains(identity, word):
		return "identity"
	case slices.Contains(mustAgree, word):
		return "must-agree"
	}
	return "setting"
}

// differences are what the two configurations say differently, in the order of
// their canonical forms, and what both say alike although it tells them apart.
func (p pair) differences(e *env) []difference {
	c := comparer{words: model.Words(), list: []difference{}}
	var trees [2]*conf.File
	for i := range trees {
		trees[i] = conf.Parse("", []byte(model.Print(p.configs[i])), "")
		c.places[i] = placesIn(p.files[i], model.Tree(p.files[i], []byte(p.texts[i]), facts.Reading(p.nodes[i])), c.words)
	}
	c.blocks(trees[0].Nodes, trees[1].Nodes, nil, model.Root)
	return c.list
}

// comparer holds two canonical trees against each other.
type comparer struct {
	words  model.Vocabulary
	places [2]map[string]string
	list   []difference
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
			c.tell(above, m, t)
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
		d := difference{Block: strings.Join(above, " / "), Word: m.Word(0), Kind: kindOfWord(m.Word(0))}
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
func (c *comparer) tell(above []string, sides ...*conf.Node) {
	d := difference{Block: strings.Join(above, " / ")}
	for i, n := range sides {
		if n == nil {
			continue
		}
		d.Word = n.Word(0)
		value := n.Rest()
		if n.Block != nil {
			d.Word, value = n.Heading(), "{ }"
		}
		if n.Word(0) == "auth_pass" {
			value = "••••••••"
		}
		d.Values[i], d.Places[i] = &value, c.places[i][pathOf(above, keyOf(n))]
	}
	d.Kind = kindOfWord(d.Word)
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
	c.list = append(c.list, difference{Block: strings.Join(above, " / "), Word: n.Word(0), Values: [2]*string{&value, &value},
		Places: [2]string{c.places[0][path], c.places[1][path]}, Kind: "must-differ"})
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
func placesIn(file string, tree *conf.File, v model.Vocabulary) map[string]string {
	places := map[string]string{}
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
			if path := pathOf(above, key); places[path] == "" {
				places[path] = tree.Names[at.File] + ":" + strconv.Itoa(at.Line)
			}
			if n.Block != nil {
				walk(n.Block.Nodes, append(slices.Clip(above), key), n.Word(0))
			}
		}
	}
	walk(tree.Nodes, nil, model.Root)
	return places
}

// show prints the differences as a table, and what they ask for.
func (p pair) show(e *env, differ []difference) error {
	var b strings.Builder
	rows := [][]string{{e.Text("pair.where", nil), p.nodes[0], p.nodes[1], e.Text("pair.note", nil)}}
	for _, d := range differ {
		where := strings.TrimPrefix(d.Block+" / "+d.Word, " / ")
		row := []string{where}
		for i, v := range d.Values {
			switch {
			case v == nil:
				row = append(row, e.Text("pair.unwritten", nil))
			case *v == "{ }":
				row = append(row, e.Text("pair.block", map[string]string{"Place": d.Places[i]}))
			case *v == "":
				row = append(row, e.Text("pair.written", nil))
			default:
				row = append(row, *v)
			}
		}
		note := ""
		if d.Kind != "setting" {
			note = e.Text("pair.kind."+d.Kind, nil)
		}
		rows = append(rows, append(row, note))
	}
	if len(differ) == 0 {
		b.WriteString(e.Text("pair.equal", nil) + "\n")
	} else {
		b.WriteString(e.Text("pair.differ", nil) + "\n")
		table(&b, rows)
	}
	_, err := e.Out.Write([]byte(b.String()))
	return err
}
