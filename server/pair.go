package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"holdfast/engine/model"
)

// importPair makes one text of the files of two nodes and keeps it as the newest
// revision. What both say stands once, and what one says alone stands behind
// @NODE. Nothing is filled in: a line that only one file has is for its node only.
func importPair(ctx context.Context, e *env, files, nodes []string, data string) error {
	if len(nodes) == 0 {
		nodes = []string{nodeOf(files[0]), nodeOf(files[1])}
	}
	if len(nodes) != 2 || nodes[0] == nodes[1] || nodes[0] == "" || nodes[1] == "" {
		return exitError{code: exitUsage, err: errors.New(e.Text("pair.nodes", nil))}
	}
	var texts [2]string
	var configs [2]model.Config
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		c, findings := model.Parse(file, text, localFacts(nodes[i]))
		configs[i] = c
		count := map[model.Severity]int{}
		for _, f := range findings {
			count[f.Severity]++
		}
		if err := printFindings(e, file, findings, count); err != nil {
			return err
		}
		if model.Failed(findings) {
			return errors.New(e.Text("import.refused", nil))
		}
		texts[i] = string(flat(file, text, nodes[i]))
	}
	both, differ := join(texts, [2]string(nodes))
	for i, node := range nodes {
		if !alike(texts[i], both, node) {
			return errors.New(e.Text("pair.refused", map[string]string{"File": files[i]}))
		}
	}
	for _, line := range differ {
		fmt.Fprintln(e.Out, line)
	}
	for _, args := range powerless(configs[0], configs[1]) {
		fmt.Fprintln(e.Out, e.Text("pair.powerless", args))
	}
	fmt.Fprintln(e.Out, e.Text("pair.joined", map[string]string{"One": nodes[0], "Other": nodes[1]}))
	return keep(ctx, e, []byte(both), data, filepath.Base(files[0])+" + "+filepath.Base(files[1]))
}

// nodeOf is the name of a node whose file is named after it.
func nodeOf(file string) string {
	base := filepath.Base(file)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// alike says whether the joined text means to a node what its own text does.
func alike(own, both, node string) bool {
	a, _ := model.Parse("own", []byte(own), model.Facts{Node: node})
	b, _ := model.Parse("both", []byte(both), model.Facts{Node: node})
	return model.Equal(a, b)
}

// join puts two texts into one, and gives the lines that differ.
func join(texts [2]string, nodes [2]string) (both string, differ []string) {
	a, b := lines(texts[0]), lines(texts[1])
	var out strings.Builder
	only := func(i int, line string) {
		if strings.TrimSpace(line) == "" {
			return // a blank line more is no difference
		}
		mark := "@" + nodes[i] + " " + line
		out.WriteString(mark + "\n")
		differ = append(differ, mark)
	}
	for _, h := range match(a, b) {
		mine, theirs := a[h.a:h.endA], b[h.b:h.endB]
		if len(mine) == len(theirs) {
			for i := range mine { // the two values of one word stand side by side
				only(0, mine[i])
				only(1, theirs[i])
			}
		} else {
			for _, l := range mine {
				only(0, l)
			}
			for _, l := range theirs {
				only(1, l)
			}
		}
		for _, l := range a[h.endA : h.endA+h.same] {
			out.WriteString(l + "\n")
		}
	}
	return out.String(), differ
}

func lines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// hunk is a stretch of lines that differ, and the same lines that follow it.
type hunk struct{ a, endA, b, endB, same int }

// mostCells bounds the table of the comparison; what is larger counts as differing.
const mostCells = 16 << 20

// match finds the longest list of lines that both texts have in order.
func match(a, b []string) []hunk {
	equal := func(i, j int) bool { return strings.TrimSpace(a[i]) == strings.TrimSpace(b[j]) }
	head := 0
	for head < len(a) && head < len(b) && equal(head, head) {
		head++
	}
	endA, endB := len(a), len(b)
	for endA > head && endB > head && equal(endA-1, endB-1) {
		endA--
		endB--
	}
	hunks := []hunk{{same: head}}
	n, m := endA-head, endB-head
	at := hunk{a: head, b: head}
	if n*m <= mostCells {
		longest := make([][]int32, n+1)
		for i := range longest {
			longest[i] = make([]int32, m+1)
		}
		for i := n - 1; i >= 0; i-- {
			for j := m - 1; j >= 0; j-- {
				if equal(head+i, head+j) {
					longest[i][j] = longest[i+1][j+1] + 1
				} else {
					longest[i][j] = max(longest[i+1][j], longest[i][j+1])
				}
			}
		}
		for i, j := 0, 0; i < n && j < m; {
			switch {
			case equal(head+i, head+j):
				at.endA, at.endB = head+i, head+j
				for i < n && j < m && equal(head+i, head+j) {
					at.same++
					i++
					j++
				}
				hunks = append(hunks, at)
				at = hunk{a: head + i, b: head + j}
			case longest[i+1][j] >= longest[i][j+1]:
				i++
			default:
				j++
			}
		}
	}
	at.endA, at.endB, at.same = endA, endB, len(a)-endA
	return append(hunks, at)
}
