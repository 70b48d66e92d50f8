package show

import (
	"bufio"
	"encoding/json"
	"fmt"
	"strconv"

	"holdfast/assets"
	"holdfast/engine/model"
	"holdfast/server/terminal"
)

// PrintFindings writes FILE:LINE:COL: severity: sentence [code], one a line.
func PrintFindings(e *Env, file string, findings []model.Finding, count map[model.Severity]int) error {
	out := bufio.NewWriter(e.Out)
	for _, f := range findings {
		fmt.Fprintln(out, FormatFinding(e, f))
	}
	fmt.Fprintln(out, e.Text("check.summary", map[string]string{"File": assets.OneLine(file),
		"Errors": strconv.Itoa(count[model.Error]), "Warnings": strconv.Itoa(count[model.Warning]),
		"Notes": strconv.Itoa(count[model.Note])}))
	return out.Flush() // it remembers the first error
}

// FormatFinding is a finding with its place, as compilers write them.
func FormatFinding(e *Env, f model.Finding) string {
	return fmt.Sprintf("%s:%d:%d: %s: %s [%s]", assets.OneLine(f.Range.File), f.Range.Line, f.Range.Col,
		e.Text("check."+f.Severity.String(), nil), Sentence(e, f), f.Code)
}

// Sentence is the finding in the reader's language, with the word probably meant.
func Sentence(e *Env, f model.Finding) string {
	return assets.Finding(e.Lang, f.Code, f.Args, f.Hint)
}

// FoundJSON is a finding as check --json prints it.
type FoundJSON struct {
	File string `json:"file"`
	model.FindingJSON
}

// PrintFindingsJSON writes findings for programs.
func PrintFindingsJSON(e *Env, findings []model.Finding) error {
	return Encode(e, FoundOf(e, findings))
}

// FoundOf are findings as programs get them.
func FoundOf(e *Env, findings []model.Finding) []FoundJSON {
	out := make([]FoundJSON, len(findings))
	for i, f := range findings {
		out[i] = FoundJSON{f.Range.File, f.JSON(Sentence(e, f))}
	}
	return out
}

// Encode prints a value as JSON for people and programs alike.
func Encode(e *Env, v any) error {
	enc := json.NewEncoder(terminal.JSON(e.Out))
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
