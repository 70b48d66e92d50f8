package show

import (
	"context"
	"errors"
	"io"
	"strings"

	"holdfast/engine/cards"
	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/server/terminal"
)

// PrintCard prints what the answers to a card come to, each of them NAME=VALUE, behind
// text. Without answers it prints the questions, and without a card the cards. What is
// heard is asked of the vrrp role where that runs.
func PrintCard(ctx context.Context, e *Env, runDir, text string, facts model.Facts, words []string) error {
	if len(words) == 0 {
		return printCards(e)
	}
	card, err := cards.Find(words[0])
	if err != nil {
		return errors.New(strings.Join(e.faults(err), "\n"))
	}
	if len(words) == 1 {
		return printQuestions(e, card)
	}
	answers := map[string]string{}
	for _, word := range words[1:] {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			return errors.New(e.Text("card.answer", map[string]string{"Value": word}))
		}
		answers[name] = value
	}
	made, err := card.Write(text, answers, cards.Here{Facts: facts, Heard: heardBy(ctx, runDir)})
	if err != nil {
		return errors.New(strings.Join(e.faults(err), "\n"))
	}
	_, err = io.WriteString(e.Out, made.Text)
	return err
}

// heardBy are the routers that are heard; none where the role does not run.
func heardBy(ctx context.Context, runDir string) []cards.Heard {
	known, err := control.Dial(control.Socket(runDir, "vrrp")).Adverts(ctx)
	if err != nil {
		return nil
	}
	var all []cards.Heard
	for _, a := range known.List {
		all = append(all, cards.Heard{Interface: a.Interface, VRID: a.VRID, From: a.From, Addresses: a.Addresses})
	}
	return all
}

// faults words all that is wrong with the answers to a card.
func (e *Env) faults(err error) []string {
	var all cards.Faults
	if !errors.As(err, &all) {
		return []string{err.Error()}
	}
	var lines []string
	for _, f := range all {
		line := e.Text("ui.fault."+f.Code, f.Args)
		if f.Field != "" {
			line = f.Field + ": " + line
		}
		lines = append(lines, line)
	}
	return lines
}

func printCards(e *Env) error {
	var rows [][]string
	for _, c := range cards.All() {
		rows = append(rows, []string{c.Name, e.Text("ui.card."+c.Name+".title", nil)})
	}
	var b strings.Builder
	terminal.Table(&b, rows)
	b.WriteString(e.Text("card.ask", map[string]string{"Name": rows[0][0]}) + "\n")
	_, err := io.WriteString(e.Out, b.String())
	return err
}

func printQuestions(e *Env, c cards.Card) error {
	rows := [][]string{{e.Text("card.name", nil), e.Text("card.default", nil), e.Text("card.question", nil)}}
	for _, f := range c.Fields {
		standard := f.Default
		if f.Need {
			standard = e.Text("card.needed", nil)
		}
		question := e.Text("ui.card-field."+f.Name, nil)
		if f.Kind == cards.Choice {
			question += " " + strings.Join(f.Values, " | ")
		}
		rows = append(rows, []string{f.Name, standard, question})
	}
	var b strings.Builder
	b.WriteString(e.Text("ui.card."+c.Name+".sub", nil) + "\n\n")
	terminal.Table(&b, rows)
	_, err := io.WriteString(e.Out, b.String())
	return err
}
