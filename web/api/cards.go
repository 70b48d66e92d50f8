package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/assets"
	"holdfast/engine/cards"
	"holdfast/engine/objects"
	"holdfast/web/changes"
)

// card is a setup with its questions.
type card struct {
	Name      string     `json:"name" example:"pair"`
	Title     string     `json:"title" doc:"In the reader's language"`
	Summary   string     `json:"summary"`
	Questions []question `json:"questions" doc:"In the order in which they are asked"`
}

// question is one of a card.
type question struct {
	Name    string   `json:"name" example:"address"`
	Kind    string   `json:"kind" enum:"choice,interface,address,number,vrid,word,password,servers" doc:"Of the answer; servers: addresses with a weight each, one a line or behind commas"`
	Needed  bool     `json:"needed" doc:"There is no default"`
	Default string   `json:"default,omitempty"`
	Values  []string `json:"values,omitempty" doc:"Of a choice all, of a word those that are usual"`
	Least   int      `json:"least,omitempty" doc:"Of a number"`
	Most    int      `json:"most,omitempty" doc:"Of a number"`
	Label   string   `json:"label" doc:"In the reader's language"`
	Help    string   `json:"help" doc:"In the reader's language"`
}

func cardOf(lang string, c cards.Card) card {
	out := card{Name: c.Name, Title: assets.Text(lang, "ui.card."+c.Name+".title", nil), Summary: assets.Text(lang, "ui.card."+c.Name+".sub", nil), Questions: []question{}}
	for _, f := range c.Fields {
		out.Questions = append(out.Questions, question{
			Name: f.Name, Kind: string(f.Kind), Needed: f.Need, Default: f.Default, Values: f.Values, Least: f.Least, Most: f.Most,
			Label: assets.Text(lang, "ui.card-field."+f.Name, nil), Help: assets.CardHelp(lang, c.Name, f.Name),
		})
	}
	return out
}

type cardInput struct {
	OrderInput
	Body struct {
		Answers map[string]string `json:"answers" doc:"By the names of the questions; a missing or empty one is the default"`
	}
}

// cardOutcome is what the answers to a card came to.
type cardOutcome struct {
	outcome
	Added   string            `json:"added" doc:"The lines that were put behind the text"`
	Text    string            `json:"text" doc:"All of it"`
	Answers map[string]string `json:"answers" doc:"With what was left to the card, such as the number of the virtual router: the other node has to have the same"`
}

func (r *routes) cards() {
	tags := []string{"Configuration"}
	add(r, huma.Operation{
		OperationID: "list-cards", Method: http.MethodGet, Path: "/cards", Summary: "The guided setups and their questions", Tags: tags,
	}, func(ctx context.Context, _ *nothing) (*answer[[]card], error) {
		out := []card{}
		for _, c := range cards.All() {
			out = append(out, cardOf(langOf(ctx), c))
		}
		return body(out), nil
	})
	const path = "/cards/{name}"
	add(r, huma.Operation{
		OperationID: "post-card", Method: http.MethodPost, Path: path, Summary: "Add what a guided setup comes to", Tags: tags,
		Description: "The answers become lines behind the text in the editor, or with apply behind the one that runs. `holdfast card` prints the same text.",
		Parameters:  pathParams(path), Errors: changeFaults,
	}, func(ctx context.Context, in *cardInput) (*answer[cardOutcome], error) {
		c, err := cards.Find(in.ids[0])
		if err != nil {
			return nil, err
		}
		var made cards.Made
		edit := r.Workflow.ByCard(c, in.Body.Answers, r.Workflow.Here(ctx), &made)
		out, err := r.change(ctx, in.OrderInput, whole(edit))
		if err != nil {
			return nil, err
		}
		return body(cardOutcome{out.Body, made.Added, made.Text, made.Answers}), nil
	})
}

// whole is an edit as a change of no object alone.
func whole(edit changes.Edit) change {
	return func(x *objects.Text) (*objects.Text, *objects.Object, error) {
		next, err := edit(x)
		return next, nil, err
	}
}
