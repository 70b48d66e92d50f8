package main

import (
	"bufio"
	"strings"
)

// cells are the three columns of a line; each may have several things to say.
type cells [3][]string

const (
	between = "  "
	hang    = "  " // what goes on begins a little further in
)

// measure gives the columns their widths.
func measure(rows [][]cells, wide int) [3]int {
	var natural [3]int
	for _, list := range rows {
		for _, r := range list {
			for i, c := range r {
				for _, said := range c {
					natural[i] = max(natural[i], columns(said))
				}
			}
		}
	}
	if wide == 0 {
		return [3]int{min(natural[0], widestCell), min(natural[1], widestCell), 0}
	}
	left := wide - 1 - 2*len(between)
	if natural[0]+natural[1]+natural[2] <= left {
		return natural
	}
	first := min(natural[0], max(left*34/100, 12))
	second := min(natural[1], max(left*30/100, 12))
	return [3]int{first, second, max(left-first-second, 12)}
}

// write writes a row: on a terminal each cell in its own column, as many lines
// high as it needs; else all of it on one line.
func (c cells) write(out *bufio.Writer, widths [3]int, terminal bool) {
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
