package change

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"holdfast/engine/control"
	"holdfast/engine/convert"
	"holdfast/engine/facts"
	"holdfast/engine/model"
	"holdfast/engine/objects"
	"holdfast/server/cli"
	"holdfast/server/show"
	"holdfast/store"
	"holdfast/web/changes"
)

// The bounds of --confirm, as of the API.
const (
	shortest = time.Second
	longest  = 24 * time.Hour
)

// application is what apply is asked for.
type application struct {
	*desk
	dry, yes, kept bool
	window         time.Duration
	note           string
}

func newApply(e *show.Env, h Host) *cobra.Command {
	a := application{desk: &desk{Host: h, Env: e}}
	cmd := command(a.desk, "apply FILE", 1, 1, func(cmd *cobra.Command, args []string) error {
		asked := cmd.Flags().Changed("confirm")
		switch {
		case asked && a.kept:
			return cli.Usage(e, "apply.both")
		case asked && (a.window < shortest || a.window > longest):
			return cli.Usage(e, "usage.flag-bad", "Flag", "--confirm", "Value", a.window.String(), "Takes", e.Text("usage.takes.confirm", nil))
		}
		return a.run(cmd.Context(), args[0])
	})
	a.flags(cmd)
	cmd.Flags().BoolVar(&a.dry, "dry-run", false, "")
	cmd.Flags().DurationVar(&a.window, "confirm", changes.Window, "")
	cmd.Flags().BoolVar(&a.kept, "no-confirm", false, "")
	cmd.Flags().BoolVar(&a.yes, "yes", false, "")
	cmd.Flags().StringVar(&a.note, "note", "", "")
	return cmd
}

// run reads the text and shows its plan, or has it run.
func (a *application) run(ctx context.Context, file string) error {
	text, err := a.ReadText(a.Env, file)
	if err != nil {
		return err
	}
	text, _ = convert.Inline(file, text, a.node(ctx), facts.Reading)
	if !a.dry {
		if err := a.Vouch(text, a.Data); err != nil {
			return err
		}
	}
	return a.with(ctx, func(_ *store.Store, w *changes.Workflow) error {
		if err := changes.Fits(string(text)); err != nil {
			return err
		}
		_, findings := w.Check(string(text))
		for _, f := range findings {
			if f.Severity != model.Note {
				fmt.Fprintln(a.Err, show.FormatFinding(a.Env, f))
			}
		}
		if a.dry {
			return a.plan(w.Review(ctx, string(text)))
		}
		return a.apply(ctx, w, string(text))
	})
}

// planned is what apply --dry-run prints as JSON.
type planned struct {
	Changed bool              `json:"changed"` // applying would make another text run
	Hash    string            `json:"hash"`
	Plans   []control.Planned `json:"plans"` // of each role
}

// plan shows what applying would do.
func (a *application) plan(r changes.Review) error {
	if r.Failed {
		return cli.Said(a.Env, "apply.invalid")
	}
	out := planned{Changed: !r.Same(), Hash: r.Hash, Plans: []control.Planned{}}
	all := control.Planned{Foretold: true}
	for _, p := range r.Roles {
		if p.Err != nil {
			return p.Err
		}
		out.Plans = append(out.Plans, p.Planned)
		all.Lines, all.Held, all.Warnings = append(all.Lines, p.Lines...), append(all.Held, p.Held...), append(all.Warnings, p.Warnings...)
		all.Changes = append(all.Changes, p.Changes...)
		if p.Role == "vrrp" {
			all.Forecast, all.Foretold = p.Forecast, p.Foretold
		}
	}
	if a.json {
		return show.Encode(a.Env, out)
	}
	if !out.Changed {
		_, err := fmt.Fprintln(a.Out, a.Text("apply.same", nil))
		return err
	}
	for _, c := range all.Changes {
		fmt.Fprintln(a.Err, "#", c)
	}
	return show.PrintPlan(a.Env, all)
}

// done is what apply prints as JSON.
type done struct {
	Changed    bool    `json:"changed"`
	Revision   int64   `json:"revision"` // 0: what runs is none
	Hash       string  `json:"hash"`
	Operations int     `json:"operations"`
	Confirm    float64 `json:"confirm"` // seconds within which it is to be confirmed; 0: it is kept
}

func (a *application) apply(ctx context.Context, w *changes.Workflow, text string) error {
	req := changes.Request{Author: facts.Operator(), Note: a.note, Yes: a.yes, Window: a.window, Kept: a.kept}
	d, err := w.RunEdit(ctx, req, func(*objects.Text) (*objects.Text, error) { return w.Objects(text), nil })
	if err != nil {
		return err
	}
	out := done{Changed: d.Changed, Revision: d.Number, Hash: d.Hash, Operations: d.Operations}
	if d.Changed && !a.kept {
		out.Confirm = a.window.Seconds()
	}
	if a.json {
		return show.Encode(a.Env, out)
	}
	id := "apply.same"
	switch {
	case out.Confirm > 0:
		id = "apply.waits"
	case d.Changed:
		id = "apply.done"
	}
	_, err = fmt.Fprintln(a.Out, a.Text(id, map[string]string{
		"Number": strconv.FormatInt(d.Number, 10), "Operations": strconv.Itoa(d.Operations), "Window": a.window.String(), "Hash": short(d.Hash),
	}))
	return err
}

// short is as much of a hash as tells texts apart.
func short(hash string) string { return hash[:min(8, len(hash))] }
