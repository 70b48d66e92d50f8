package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"holdfast/engine/model"
)

// supportRow is what support --json prints of a word.
type supportRow struct {
	model.Directive `json:"-"`

	Word    string `json:"word"`
	Block   string `json:"block"`
	Support string `json:"support"` // acted, kept, obsolete
	Effect  string `json:"effect"`
}

func newSupport(e *env) *cobra.Command {
	var asJSON, markdown, schema bool
	cmd := &cobra.Command{Use: "support", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
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
			enc := json.NewEncoder(e.Out)
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
		effect := effect(e, d)
		rows = append(rows, supportRow{d, d.Word, d.Block, string(d.Support), effect})
		for _, alias := range d.Aliases {
			rows = append(rows, supportRow{d, alias, d.Block, string(d.Support), e.Text("support.instead", map[string]string{"Effect": effect, "Word": d.Word})})
		}
	}
	return rows
}

// effect is what a word does, and what it means where it is not acted on.
func effect(e *env, d model.Directive) string {
	effect := e.Text("directive."+d.ID, nil)
	switch {
	case d.Heavy:
		return effect + e.Text("support.gap", nil) + e.Text("unacted."+d.ID, nil)
	case d.Support == model.Kept:
		return e.Text("support.kept-effect", map[string]string{"Effect": effect})
	case d.Instead != "":
		return e.Text("support.instead", map[string]string{"Effect": effect, "Word": d.Instead})
	}
	return effect
}

func supportText(e *env, rows []supportRow) error {
	w := tabwriter.NewWriter(e.Out, 0, 4, 2, ' ', 0)
	count := map[string]int{}
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Block, r.Word, e.Text("support."+r.Support, nil), r.Effect)
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
	for _, id := range []string{"block", "word", "support", "argument", "default", "effect"} {
		head, rule = append(head, e.Text("support."+id, nil)), append(rule, "---")
	}
	cells(head...)
	cells(rule...)
	count := map[string]int{}
	for _, r := range rows {
		effect := r.Effect
		if r.Newer {
			effect += " " + e.Text("support.newer", nil)
		}
		cells(r.Block, "`"+r.Word+"`", e.Text("support."+r.Support, nil), argument(r.Directive), r.Default, effect)
		count[r.Support]++
	}
	io.WriteString(out, "\n"+supportSummary(e, count)+"\n")
	return out.Flush() // it remembers the first error
}
