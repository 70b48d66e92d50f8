package change

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"holdfast/assets"
	"holdfast/server/show"
	"holdfast/server/terminal"
	"holdfast/store"
	"holdfast/web/changes"
)

// past is a revision as history prints it as JSON.
type past struct {
	Number  int64     `json:"number"`
	Hash    string    `json:"hash"`
	At      time.Time `json:"at"`
	Author  string    `json:"author,omitempty"` // missing: it ran before anything was applied from here
	Note    string    `json:"note,omitempty"`
	Outcome string    `json:"outcome,omitempty"` // missing: it was never run
	Running bool      `json:"running"`
}

func newHistory(e *show.Env, h Host) *cobra.Command {
	d := &desk{Host: h, Env: e}
	var limit uint16
	var before int64
	cmd := command(d, "history", 0, 0, func(cmd *cobra.Command, _ []string) error {
		return d.with(cmd.Context(), func(_ *store.Store, w *changes.Workflow) error {
			list, err := w.History(cmd.Context(), before, int(limit))
			if err != nil {
				return err
			}
			running := w.Running(cmd.Context())
			out := make([]past, 0, len(list))
			for _, p := range list {
				out = append(out, past{p.Number, p.Hash, p.At, p.Author, p.Note, string(p.Outcome), running.Known && running.Hash == p.Hash})
			}
			if d.json {
				return show.Encode(e, out)
			}
			_, err = fmt.Fprint(e.Out, historyText(e, out))
			return err
		})
	})
	d.flags(cmd)
	cmd.Flags().Uint16Var(&limit, "limit", 20, "")
	cmd.Flags().Int64Var(&before, "before", 0, "")
	return cmd
}

// historyText is the history for people, the newest first.
func historyText(e *show.Env, list []past) string {
	if len(list) == 0 {
		return e.Text("history.none", nil) + "\n"
	}
	rows := [][]string{{e.Text("history.revision", nil), e.Text("history.at", nil), e.Text("history.author", nil), e.Text("history.outcome", nil),
		e.Text("history.hash", nil), e.Text("history.note", nil)}}
	for _, p := range list {
		outcome := e.Text("history.never", nil)
		if p.Outcome != "" {
			outcome = assets.Text(e.Lang, "history.outcome-"+p.Outcome, nil)
		}
		if p.Running {
			outcome += e.Text("history.running", nil)
		}
		rows = append(rows, []string{strconv.FormatInt(p.Number, 10), p.At.Format(time.DateTime), orDash(p.Author), outcome, short(p.Hash), assets.OneLine(p.Note)})
	}
	var b strings.Builder
	terminal.Table(&b, rows)
	return b.String()
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
