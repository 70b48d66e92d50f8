package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/assets"
	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/store"
	"holdfast/web/access"
	"holdfast/web/changes"
	"holdfast/web/fault"
)

// runningText is what the roles run.
type runningText struct {
	Text     string            `json:"text"`
	Hash     string            `json:"hash"`
	Revision int64             `json:"revision" doc:"0: it is none of the revisions"`
	Hashes   map[string]string `json:"hashes" doc:"By role that answered"`
	Away     map[string]string `json:"away" doc:"By role that did not answer: why"`
}

// candidate is the text in the editor.
type candidate struct {
	Text     string    `json:"text"`
	Hash     string    `json:"hash" doc:"SHA-256 of the text, in hexadecimal"`
	Version  int       `json:"version" doc:"To be sent back when saving; 0: nobody has saved one yet"`
	Base     int64     `json:"base" doc:"The revision it was made from; 0: none"`
	Author   string    `json:"author,omitempty"`
	At       time.Time `json:"at,omitzero"`
	Replaced *draft    `json:"replaced,omitempty" doc:"Only of an order to save: the draft that keeps the text of another person that this one replaced"`
	Gone     []draft   `json:"gone,omitempty" doc:"Only of an order to save: the drafts without a name that were deleted to make room for replaced"`
}

// candidateOf is the answer to an order to save.
func candidateOf(r store.Replaced) candidate {
	out := candidate{Text: r.Text, Hash: model.Hash([]byte(r.Text)), Version: r.Version, Base: r.Candidate.Base, Author: r.Author, At: r.At}
	if r.Kept != nil {
		kept := draftOf(*r.Kept)
		kept.Text = ""
		out.Replaced = &kept
	}
	for _, d := range r.Gone {
		out.Gone = append(out.Gone, draftOf(d))
	}
	return out
}

// finding is one thing found in a text.
type finding model.FindingJSON

func findings(lang string, list []model.Finding) []finding {
	out := make([]finding, 0, len(list))
	for _, f := range list {
		out = append(out, finding(f.JSON(assets.Finding(lang, f.Code, f.Args, f.Hint))))
	}
	return out
}

// rolePlan is what applying would do in one role.
type rolePlan struct {
	Role     string            `json:"role"`
	Lines    []string          `json:"lines" doc:"The kernel operations as ip and ipvsadm lines"`
	Changes  []string          `json:"changes" doc:"What else would change"`
	Held     []control.Blocked `json:"held" doc:"What could not be carried out now"`
	Warnings []control.Blocked `json:"warnings,omitempty" doc:"What would be carried out and has a price"`
	Forecast []foretold        `json:"forecast,omitempty" doc:"What becomes of the addresses that do not go on as they are, given what is heard now (vrrp role)"`
	Error    *Problem          `json:"error,omitempty"`
}

// foretold is what becomes of the addresses of an instance, with its sentence.
type foretold struct {
	control.Forecast
	Text string `json:"text" doc:"In the language of the request"`
}

// review is a text with all an operator should see before applying it.
type review struct {
	Hash     string            `json:"hash"`
	Failed   bool              `json:"failed" doc:"The findings keep it from being applied"`
	Findings []finding         `json:"findings"`
	Plans    []rolePlan        `json:"plans"`
	NeedsYes bool              `json:"needs_yes" doc:"More than half of the services, addresses or real servers would go: apply asks for yes"`
	Running  map[string]string `json:"running" doc:"By role: hash of what runs; send it back with apply"`
}

func reviewOf(lang string, r changes.Review) review {
	out := review{
		Hash: r.Hash, Failed: r.Failed, Findings: findings(lang, r.Findings), Plans: []rolePlan{},
		NeedsYes: r.Loss.Heavy(), Running: r.Running.Hashes,
	}
	for _, p := range r.Roles {
		plan := rolePlan{Role: p.Role, Lines: append([]string{}, p.Operations.Lines()...), Changes: append([]string{}, p.Changes...), Held: append([]control.Blocked{}, p.Held...), Warnings: p.Warnings}
		for _, f := range p.Forecast {
			plan.Forecast = append(plan.Forecast, foretold{f, assets.Forecast(lang, f.Code, f.Cause, f.Facts())})
		}
		if p.Err != nil {
			plan.Error = problemOf(lang, p.Err)
		}
		out.Plans = append(out.Plans, plan)
	}
	return out
}

type textInput struct {
	Body struct {
		Text string `json:"text"`
	}
}

type optionalTextInput struct {
	Body struct {
		Text *string `json:"text,omitempty" doc:"Missing: the candidate"`
	}
}

type candidateInput struct {
	Body struct {
		Text    string `json:"text"`
		Version int    `json:"version" doc:"Of the candidate that was edited; 0: there was none"`
		Base    string `json:"base,omitempty" maxLength:"64" doc:"Hash of the text that was edited; missing: that of version. A conflict is told with it"`
		Keep    bool   `json:"keep,omitempty" doc:"Keep the text that this replaces as a draft, also if it is your own"`
	}
}

type versionInput struct {
	Version int `query:"version" minimum:"0" doc:"Of the candidate that was seen; 0: whichever it is"`
}

// veils is what the description of a text says.
const veils = "Secrets are dots for whoever may not edit; hash is that of the text itself."

// shown is a text as the reader may see it.
func shown(ctx context.Context, text string) string {
	if access.Sees(ctx) {
		return text
	}
	return changes.Veil(text)
}

func (r *routes) changes() {
	tags := []string{"Changes"}
	add(r, huma.Operation{
		OperationID: "get-config", Method: http.MethodGet, Path: "/config", Summary: "The running text", Tags: tags, Description: veils,
	}, func(ctx context.Context, _ *nothing) (*answer[runningText], error) {
		n := r.Workflow.Running(ctx)
		return body(runningText{shown(ctx, n.Text), n.Hash, n.Revision, n.Hashes, n.Away}), nil
	})
	add(r, huma.Operation{
		OperationID: "get-candidate", Method: http.MethodGet, Path: "/candidate", Summary: "The text in the editor", Tags: tags, Description: veils,
	}, func(ctx context.Context, _ *nothing) (*answer[candidate], error) {
		d, err := r.Workflow.Draft(ctx)
		return body(candidate{Text: shown(ctx, d.Text), Hash: model.Hash([]byte(d.Text)), Version: d.Version, Base: d.Base, Author: d.Author, At: d.At}), err
	})
	add(r, huma.Operation{
		OperationID: "put-candidate", Method: http.MethodPut, Path: "/candidate", Summary: "Save the text in the editor", Tags: tags,
		Description: "A 409 says in meanwhile what somebody else made of the text, and what both changes make together. " +
			"To go on, send one text with the version that it names, and the hash of theirs as base, or none.",
		Errors: []int{409, 422}, MaxBodyBytes: MostBody,
	}, func(ctx context.Context, in *candidateInput) (*answer[candidate], error) {
		s := changes.Saving{Author: author(ctx), Text: in.Body.Text, Version: in.Body.Version, Base: in.Body.Base, Keep: in.Body.Keep}
		saved, err := r.Workflow.Save(ctx, s)
		if err != nil && fault.Of(err).Code == fault.Conflict {
			return nil, r.meanwhile(ctx, s, err)
		}
		return body(candidateOf(saved)), err
	})
	add(r, huma.Operation{
		OperationID: "delete-candidate", Method: http.MethodDelete, Path: "/candidate", Summary: "Throw the text in the editor away", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{409},
	}, func(ctx context.Context, in *versionInput) (*nothing, error) {
		return &nothing{}, r.Workflow.Discard(ctx, author(ctx), in.Version)
	})
	add(r, huma.Operation{
		OperationID: "check-text", Method: http.MethodPost, Path: "/check", Summary: "What is found in a text", Tags: tags, MaxBodyBytes: MostBody,
	}, func(ctx context.Context, in *textInput) (*answer[[]finding], error) {
		if len(in.Body.Text) > control.MaxText {
			return nil, fault.In("text", "too-large")
		}
		_, list := r.Workflow.Check(in.Body.Text)
		return body(findings(langOf(ctx), list)), nil
	})
	add(r, huma.Operation{
		OperationID: "plan-text", Method: http.MethodPost, Path: "/plan", Summary: "What applying a text would do now", Tags: tags,
		Description: "A text other than the candidate asks for an editor.",
		Errors:      []int{404}, MaxBodyBytes: MostBody,
	}, func(ctx context.Context, in *optionalTextInput) (*answer[review], error) {
		text := ""
		if in.Body.Text != nil {
			if err := access.Require(ctx, store.Editor); err != nil {
				return nil, err
			}
			if text = *in.Body.Text; len(text) > control.MaxText {
				return nil, fault.In("text", "too-large")
			}
		} else {
			c, err := r.Store.Candidate(ctx)
			if errors.Is(err, store.ErrNotFound) {
				return nil, fault.New("no-candidate")
			}
			if err != nil {
				return nil, err
			}
			text = c.Text
		}
		return body(reviewOf(langOf(ctx), r.Workflow.Review(ctx, text))), nil
	})
}
