package change

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/server/cli"
	"holdfast/server/show"
	"holdfast/store"
	"holdfast/web/changes"
)

// The names of texts beside the numbers of revisions and the names of files.
const (
	running   = "running"
	candidate = "candidate"
)

func newDiff(e *show.Env, h Host) *cobra.Command {
	d := &desk{Host: h, Env: e}
	cmd := command(d, "diff A B", 2, 2, func(cmd *cobra.Command, args []string) error {
		return d.with(cmd.Context(), func(s *store.Store, w *changes.Workflow) error {
			var texts [2]string
			for i, name := range args {
				text, err := d.text(cmd.Context(), s, w, name)
				if err != nil {
					return err
				}
				texts[i] = text
			}
			lines := changes.Diff(texts[0], texts[1])
			if d.json {
				return show.Encode(e, compared(lines))
			}
			_, err := fmt.Fprint(e.Out, diffText(args[0], args[1], lines))
			return err
		})
	})
	d.flags(cmd)
	return cmd
}

// text is the one with a name: running, candidate, the number of a revision, or a file.
func (d *desk) text(ctx context.Context, s *store.Store, w *changes.Workflow, name string) (string, error) {
	switch name {
	case running:
		r := w.Running(ctx)
		if !r.Known {
			return "", cli.Said(d.Env, "status.absent", "Role", "vrrp", "Socket", d.RunDir)
		}
		return r.Text, nil
	case candidate:
		c, err := s.Candidate(ctx)
		if errors.Is(err, store.ErrNotFound) {
			return "", cli.Said(d.Env, "diff.no-candidate")
		}
		return c.Text, err
	}
	if number, err := strconv.ParseInt(name, 10, 64); err == nil {
		rev, err := w.Revision(ctx, number)
		if errors.Is(err, store.ErrNotFound) {
			return "", cli.Said(d.Env, "diff.no-revision", "Number", name)
		}
		return rev.Text, err
	}
	text, err := d.ReadText(d.Env, name)
	return string(text), err
}

// line is a line of a difference as diff prints it as JSON.
type line struct {
	Op   string `json:"op"`            // "+", "-", " " in both, "@" left out here
	Old  int    `json:"old,omitempty"` // its number in the first text
	New  int    `json:"new,omitempty"`
	Text string `json:"text"`
}

func compared(lines []changes.DiffLine) []line {
	out := make([]line, 0, len(lines))
	for _, l := range lines {
		out = append(out, line{l.Op, l.Old, l.New, l.Text})
	}
	return out
}

// diffText is the difference in the form of diff -u; "" is: none.
func diffText(a, b string, lines []changes.DiffLine) string {
	if len(lines) == 0 {
		return ""
	}
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", a, b)
	for len(lines) > 0 {
		if lines[0].Op == "@" {
			lines = lines[1:]
			continue
		}
		n := 0
		for n < len(lines) && lines[n].Op != "@" {
			n++
		}
		hunk(&out, lines[:n])
		lines = lines[n:]
	}
	return out.String()
}

// hunk writes lines that stand together, with where they stand.
func hunk(out *strings.Builder, lines []changes.DiffLine) {
	var old, now, olds, news int
	for _, l := range lines {
		if l.Old > 0 {
			if olds == 0 {
				old = l.Old
			}
			olds++
		}
		if l.New > 0 {
			if news == 0 {
				now = l.New
			}
			news++
		}
	}
	fmt.Fprintf(out, "@@ -%d,%d +%d,%d @@\n", old, olds, now, news)
	for _, l := range lines {
		out.WriteString(l.Op + l.Text + "\n")
	}
}
