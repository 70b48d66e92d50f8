package main

import (
	"runtime/debug"
	"unsafe"

	"github.com/spf13/cobra"

	"holdfast/engine/model"
	"holdfast/server/show"
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
		err = show.PrintFindingsJSON(e, findings)
	} else {
		err = show.PrintFindings(e, file, findings, count)
	}
	if err != nil {
		return err
	}
	if count[model.Error] > 0 || strict && count[model.Warning] > 0 {
		return exitError{Code: exitFailed}
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
