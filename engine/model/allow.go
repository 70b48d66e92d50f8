package model

import (
	"slices"
	"strings"
)

// allowMark begins a comment that silences findings by their codes: on a line of
// a statement those of that line, on a line of its own those of the next
// statement. Errors cannot be silenced.
//
//	! holdfast: allow server-without-check
const allowMark = "holdfast: allow"

// allowed gives the silenced codes of each line.
func allowed(text string) map[int]map[string]bool {
	if !strings.Contains(text, allowMark) {
		return nil
	}
	codes := map[int]map[string]bool{}
	allow := func(no int, more []string) {
		if codes[no] == nil {
			codes[no] = map[string]bool{}
		}
		for _, code := range more {
			codes[no][code] = true
		}
	}
	var waiting []string
	no := 0
	for line := range strings.Lines(text) {
		no++
		before, after, found := strings.Cut(line, allowMark)
		before = strings.TrimRight(before, " \t!#")
		switch {
		case found && strings.TrimSpace(before) == "":
			waiting = append(waiting, strings.Fields(after)...)
			continue
		case found:
			allow(no, strings.Fields(after))
		}
		if body := strings.TrimSpace(line); body == "" || body[0] == '!' || body[0] == '#' {
			continue
		}
		if len(waiting) > 0 {
			allow(no, waiting)
			waiting = nil
		}
	}
	return codes
}

// silence leaves out the findings that the text allows.
func silence(findings []Finding, name string, codes map[int]map[string]bool) []Finding {
	if len(codes) == 0 {
		return findings
	}
	return slices.DeleteFunc(findings, func(f Finding) bool {
		return f.Severity != Error && f.Range.File == name && codes[f.Range.Line][f.Code]
	})
}
