package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strconv"
	"unsafe"

	"github.com/spf13/cobra"

	"holdfast/assets"
	"holdfast/engine/model"
	"holdfast/server/terminal"
)

func newCheck(e *env) *cobra.Command {
	var node string
	var asJSON, strict bool
	cmd := &cobra.Command{Use: "check FILE", Args: oneFile(e), RunE: func(cmd *cobra.Command, args []string) error {
		return check(e, args[0], node, cmd.Flags().Changed("node"), asJSON, strict)
	}}
	cmd.Flags().StringVar(&node, "node", hostName(), "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.Flags().BoolVar(&strict, "strict", false, "")
	return cmd
}

// check prints everything found in a file, and a line that sums it up.
func check(e *env, file, node string, asked, asJSON, strict bool) error {
	defer deferGC()()
	text, err := readText(e, file)
	if err != nil {
		return err
	}
	warnNode(e, text, node, asked)
	// Nobody writes to the text any more: a large one needs no copy.
	findings := model.Inspect(file, unsafe.String(unsafe.SliceData(text), len(text)), localFacts(node))
	count := tally(findings)
	if asJSON {
		err = printFindingsJSON(e, findings)
	} else {
		err = printFindings(e, file, findings, count)
	}
	if err != nil {
		return err
	}
	if count[model.Error] > 0 || strict && count[model.Warning] > 0 {
		return exitError{code: exitFailed}
	}
	return nil
}

// roomy is how much memory a command that reads one text and ends may fill before
// anything is collected.
const roomy = 480 << 20

// deferGC puts off the collection of garbage until there is much of it, and
// gives back what undoes that.
func deferGC() func() {
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(roomy)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

// printFindings writes FILE:LINE:COL: severity: sentence [code], one a line.
func printFindings(e *env, file string, findings []model.Finding, count map[model.Severity]int) error {
	out := bufio.NewWriter(e.Out)
	for _, f := range findings {
		fmt.Fprintln(out, formatFinding(e, f))
	}
	fmt.Fprintln(out, e.Text("check.summary", map[string]string{"File": file,
		"Errors": strconv.Itoa(count[model.Error]), "Warnings": strconv.Itoa(count[model.Warning]),
		"Notes": strconv.Itoa(count[model.Note])}))
	return out.Flush() // it remembers the first error
}

// formatFinding is a finding with its place, as compilers write them.
func formatFinding(e *env, f model.Finding) string {
	return fmt.Sprintf("%s:%d:%d: %s: %s [%s]", f.Range.File, f.Range.Line, f.Range.Col,
		e.Text("check."+f.Severity.String(), nil), sentence(e, f), f.Code)
}

// sentence is the finding in the reader's language, with the word probably meant.
func sentence(e *env, f model.Finding) string {
	return assets.Finding(e.Lang, f.Code, f.Args, f.Hint)
}

// foundJSON is a finding as check --json prints it.
type foundJSON struct {
	File string `json:"file"`
	model.FindingJSON
}

func printFindingsJSON(e *env, findings []model.Finding) error {
	return encode(e, foundOf(e, findings))
}

func foundOf(e *env, findings []model.Finding) []foundJSON {
	out := make([]foundJSON, len(findings))
	for i, f := range findings {
		out[i] = foundJSON{f.Range.File, f.JSON(sentence(e, f))}
	}
	return out
}

// encode prints a value as JSON for people and programs alike.
func encode(e *env, v any) error {
	enc := json.NewEncoder(terminal.JSON(e.Out))
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
