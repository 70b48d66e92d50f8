package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"holdfast/engine/conf"
	"holdfast/engine/convert"
	"holdfast/engine/facts"
	"holdfast/engine/model"
	"holdfast/server/show"
)

// format is how a text is asked for. Asked for nothing, it comes back byte for byte;
// for one node, in one piece, with the lines of others left out and definitions
// carried out; or as what it means: in canonical form, for an older keepalived, or
// as JSON.
type format struct {
	node            string
	target          string
	canonical, json bool
}

// flags declares --node, --target, --canonical and --json.
func (f *format) flags(set *pflag.FlagSet, node string) {
	set.StringVar(&f.node, "node", node, "")
	set.StringVar(&f.target, "target", "", "")
	set.BoolVar(&f.canonical, "canonical", false, "")
	set.BoolVar(&f.json, "json", false, "")
}

// targets are the keepalived versions whose words are told apart. What one does not
// know is left out.
var targets = []string{"2.2.7", "2.4.3"}

// meant says whether the form is made of what the text means.
func (f format) meant() bool { return f.canonical || f.json || f.target != "" }

// check refuses a form that does not exist.
func (f format) check(e *env) error {
	if f.target != "" && !slices.Contains(targets, f.target) {
		return usage(e, "export.targets", "Value", f.target, "Targets", strings.Join(targets, ", "))
	}
	return nil
}

// of is the text in this form; name is what its lines are told by.
func (f format) of(e *env, name string, text []byte, facts model.Facts) (string, error) {
	if facts.Node == "" {
		facts.Node = hostName()
	}
	if !f.meant() {
		return conf.Expand(name, text, facts.Options()).Text, nil
	}
	c, findings := model.Parse(name, text, facts)
	if err := refuse(e, name, findings, "form.refused"); err != nil {
		return "", err
	}
	tree := model.Tree(name, text, facts)
	if f.target != "" {
		var left []convert.LeftOut
		c, left = convert.Older(c, tree, f.target)
		for _, l := range left {
			fmt.Fprintln(e.Err, e.Text("export.left", map[string]string{"Target": f.target, "Word": l.Word, "Block": l.Block, "Place": placeOf(l.At)}))
		}
	}
	if f.json {
		out, err := model.JSON(c)
		return string(out), err
	}
	return model.Annotate(model.Print(c), tree), nil
}

// placeOf is FILE:LINE:COL, or FILE of what stands at no line.
func placeOf(at model.Range) string {
	if at.Line == 0 {
		return at.File
	}
	return fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Col)
}

// refuse prints the errors among the findings, with their places, and gives the
// error that says what they are in the way of.
func refuse(e *env, name string, findings []model.Finding, id string) error {
	count := 0
	for _, f := range findings {
		if f.Severity == model.Error {
			count++
			fmt.Fprintln(e.Err, show.FormatFinding(e, f))
		}
	}
	if count == 0 {
		return nil
	}
	return errors.New(e.Text(id, map[string]string{"File": name, "Count": strconv.Itoa(count)}))
}

// whole refuses a text of which readText has only read the beginning.
func whole(e *env, name string, text []byte) error {
	if len(text) < facts.Largest {
		return nil
	}
	return refuse(e, name, model.Inspect(name, string(text), model.Facts{}), "form.refused")
}
