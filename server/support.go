package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"holdfast/engine/model"
	"holdfast/server/show"
	"holdfast/server/terminal"
)

// supportRow is what support --json prints of a word: the first four always, the
// others where they say something.
type supportRow struct {
	model.Directive `json:"-"`

	Word       string   `json:"word"`
	Block      string   `json:"block"`
	Support    string   `json:"support"` // acted, kept, obsolete
	Effect     string   `json:"effect"`
	Argument   string   `json:"argument,omitempty"` // its kind: see the kinds of the schema
	Optional   bool     `json:"optional,omitempty"`
	Values     []string `json:"values,omitempty"`
	Range      string   `json:"range,omitempty"`
	Default    string   `json:"default,omitempty"`
	Since      string   `json:"since,omitempty"`      // a release of keepalived
	NotBefore  string   `json:"not_before,omitempty"` // where since is only the latest that it can be
	AtLatest   bool     `json:"at_latest,omitempty"`
	For        string   `json:"alias_of,omitempty"`
	Instead    string   `json:"replaced_by,omitempty"`
	Deprecated bool     `json:"deprecated,omitempty"`
}

func newSupport(e *env) *cobra.Command {
	var asJSON, markdown, schema bool
	cmd := &cobra.Command{Use: "support", Args: noArguments(e), RunE: func(*cobra.Command, []string) error {
		rows := supportRows(e)
		switch {
		case schema:
			text, err := model.Schema(func(id string) string { return e.Text("directive."+id, nil) })
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(e.Out, "%s\n", text)
			return err
		case asJSON:
			enc := json.NewEncoder(terminal.JSON(e.Out))
			enc.SetIndent("", "  ")
			enc.SetEscapeHTML(false)
			return enc.Encode(rows)
		case markdown:
			return supportMarkdown(e, rows)
		}
		return supportText(e, rows)
	}}
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.Flags().BoolVar(&schema, "schema", false, "")
	cmd.Flags().BoolVar(&markdown, "markdown", false, "")
	return cmd
}

// supportRows lists every word, and its aliases as words of their own.
func supportRows(e *env) []supportRow {
	var rows []supportRow
	for _, d := range model.Directives() {
		effect := show.Effect(e, d)
		row := supportRow{Directive: d, Word: d.Word, Block: d.Block, Support: string(d.Support), Effect: effect, Argument: d.Kind,
			Optional: d.Optional, Values: d.Values, Range: d.Range, Default: d.Default, Instead: d.Instead, Deprecated: d.Old}
		rows = append(rows, row.of(d.Since))
		for i, alias := range d.Aliases {
			row.Word, row.For, row.Deprecated = alias, d.Word, slices.Contains(d.OldAliases, alias)
			row.Effect = e.Text("support.instead", map[string]string{"Effect": effect, "Word": d.Word})
			rows = append(rows, row.of(d.AliasSince[i]))
		}
	}
	return rows
}

// of is the row with what is known of the releases.
func (r supportRow) of(since model.Since) supportRow {
	r.Directive.Since = since
	r.NotBefore, r.Since = since.Bounds()
	if r.AtLatest = !since.Exact() && r.Since != ""; !r.AtLatest {
		r.NotBefore = ""
	}
	if since == model.Unreleased {
		r.Since = string(since)
	}
	return r
}

// since says in words which releases of keepalived know a word.
func since(e *env, s model.Since) string {
	first, last := s.Bounds()
	args := map[string]string{"First": first, "Last": last}
	switch {
	case s == model.Unreleased:
		return e.Text("support.unreleased", nil)
	case s == model.Never:
		return e.Text("support.never", nil)
	case s == "":
		return ""
	case s.Exact():
		return last
	case first == "":
		return e.Text("support.since-latest", args)
	}
	return e.Text("support.since-between", args)
}

func supportText(e *env, rows []supportRow) error {
	w := tabwriter.NewWriter(e.Out, 0, 4, 2, ' ', 0)
	count := map[string]int{}
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Block, r.Word, e.Text("support."+r.Support, nil), since(e, r.Directive.Since), r.Effect)
		count[r.Support]++
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(e.Out, supportSummary(e, count))
	return err
}

func supportSummary(e *env, count map[string]int) string {
	return e.Text("support.summary", map[string]string{"Acted": strconv.Itoa(count["acted"]),
		"Kept": strconv.Itoa(count["kept"]), "Obsolete": strconv.Itoa(count["obsolete"])})
}

// argument says in short what may follow the word.
func argument(d model.Directive) string {
	s := d.Kind
	switch {
	case s == "flag" || s == "block":
		return ""
	case len(d.Values) > 0:
		s = strings.Join(d.Values, " ")
	case d.Range != "":
		s += " " + d.Range
	}
	if d.Optional {
		return "[" + s + "]"
	}
	return s
}

func supportMarkdown(e *env, rows []supportRow) error {
	out := bufio.NewWriter(e.Out)
	cells := func(words ...string) {
		io.WriteString(out, "| "+strings.Join(words, " | ")+" |\n")
	}
	var head, rule []string
	for _, id := range []string{"block", "word", "support", "argument", "default", "since", "effect"} {
		head, rule = append(head, e.Text("support."+id, nil)), append(rule, "---")
	}
	cells(head...)
	cells(rule...)
	count := map[string]int{}
	for _, r := range rows {
		cells(r.Block, "`"+r.Word+"`", e.Text("support."+r.Support, nil), argument(r.Directive), r.Default, since(e, r.Directive.Since), r.Effect)
		count[r.Support]++
	}
	io.WriteString(out, "\n"+supportSummary(e, count)+"\n")
	return out.Flush() // it remembers the first error
}
