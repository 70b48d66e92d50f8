package imports

import (
	"context"
	"errors"
	"strings"
	"time"

	"holdfast/engine/convert"
	"holdfast/engine/model"
	"holdfast/web/fault"
)

// Half is the file of one node of a pair. Node "" is the file's name without its
// ending.
type Half struct {
	File
	Node string
}

// Pair is the files of two nodes as one text.
type Pair struct {
	convert.Joined
	Sides [2]convert.Side
	At    time.Time
}

// Join makes one text of the files of two nodes; nothing is filled in. With errors
// in a file the pair has the findings, and no text. Faults: too-large,
// import-not-text, import-empty, import-too-long, pair-nodes, pair-errors,
// pair-apart.
func (im *Importer) Join(ctx context.Context, halves [2]Half) (*Pair, error) {
	p := &Pair{At: now()}
	for i, h := range halves {
		u := Upload{Main: h.File}
		if err := u.check(); err != nil {
			return p, err
		}
		if strings.Count(h.Text, "\n") > MostLines {
			return p, tooLong(u)
		}
		if h.Node = strings.TrimSpace(h.Node); h.Node == "" {
			h.Node = convert.NodeOf(h.Name)
		}
		p.Sides[i].Name, p.Sides[i].Node = h.Name, h.Node
	}
	leave, err := im.enter(ctx)
	if err != nil {
		return p, err
	}
	defer leave()
	// Neither file is checked against this host: one of them is another node's.
	reading := func(node string) model.Facts { return model.Facts{Node: node} }
	for i, h := range halves {
		p.Sides[i] = convert.ReadSide(p.Sides[i].Name, []byte(h.Text), reading(p.Sides[i].Node))
	}
	p.Joined, err = convert.Pair(p.Sides[0], p.Sides[1], reading)
	return p, p.refused(err)
}

// refused makes a fault of a refusal.
func (p *Pair) refused(err error) error {
	var why convert.Refusal
	if !errors.As(err, &why) {
		return err
	}
	one, other := p.Sides[0], p.Sides[1]
	switch why {
	case convert.BadNames:
		return &fault.Error{Code: "pair-nodes", Field: "node", Args: map[string]string{"One": one.Node, "Other": other.Node}, Err: err}
	case convert.Faulty:
		return &fault.Error{Code: "pair-errors", Err: err}
	}
	return &fault.Error{Code: "pair-apart", Args: map[string]string{"File": one.Name, "Other": other.Name}, Err: err}
}

// InText is how a difference stands in the joined text: a line for each node that
// has it, or one for both.
func (p *Pair) InText(d convert.Difference) []string {
	say := func(mark string, value string) string { return strings.TrimSpace(mark + d.Word + " " + value) }
	if v := d.Values; v[0] != nil && v[1] != nil && *v[0] == *v[1] {
		return []string{say("", *v[0])}
	}
	var lines []string
	for i, v := range d.Values {
		if v != nil {
			lines = append(lines, say("@"+p.Sides[i].Node+" ", *v))
		}
	}
	return lines
}
