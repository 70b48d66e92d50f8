package terminal

import (
	"bufio"
	"strings"
)

// Cells are the three columns of a line; each may have several things to say.
type Cells [3][]string

// The columns are never wider than widestCell where the output is no terminal: a
// cell that is runs over, and the line stays one line.
const (
	widestCell = 56

	between = "  "
	hang    = "  " // what goes on begins a little further in
)

// Measure is how wide the columns would like to be.
type Measure [3]int

// Row makes room for a row.
func (m *Measure) Row(r Cells) {
	for i, c := range r {
		for _, said := range c {
			m[i] = max(m[i], Columns(said))
		}
	}
}

// Widths gives the columns their widths on a terminal of so many, 0 being none.
func (m Measure) Widths(wide int) [3]int {
	if wide == 0 {
		return [3]int{min(m[0], widestCell), min(m[1], widestCell), 0}
	}
	left := wide - 1 - 2*len(between)
	if m[0]+m[1]+m[2] <= left {
		return m
	}
	first := min(m[0], max(left*34/100, 12))
	second := min(m[1], max(left*30/100, 12))
	return [3]int{first, second, max(left-first-second, 12)}
}

// Write writes a row: on a terminal each cell in its own column, as many lines
// high as it needs; else all of it on one line.
func (c Cells) Write(out *bufio.Writer, widths [3]int, terminal bool) {
	if !terminal {
		line := pad(strings.Join(c[0], " "), widths[0]) + between + pad(strings.Join(c[1], "; "), widths[1]) + between + strings.Join(c[2], "; ")
		out.WriteString(strings.TrimRight(line, " ") + "\n")
		return
	}
	var broken [3][]string
	high := 0
	for i, cell := range c {
		for _, said := range cell {
			lines := wrap(said, widths[i])
			for j := range lines[1:] {
				lines[j+1] = hang + lines[j+1]
			}
			broken[i] = append(broken[i], lines...)
		}
		high = max(high, len(broken[i]))
	}
	for n := range high {
		line := ""
		for i := range broken {
			text := ""
			if n < len(broken[i]) {
				text = broken[i][n]
			}
			if line += pad(text, widths[i]); i < len(broken)-1 {
				line += between
			}
		}
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}
