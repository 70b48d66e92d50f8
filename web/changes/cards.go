package changes

import (
	"context"

	"holdfast/engine/cards"
	"holdfast/engine/objects"
)

// Here is what a card may know of this host and of its links. Where the vrrp role does not
// answer, nothing was heard.
func (w *Workflow) Here(ctx context.Context) cards.Here {
	here := cards.Here{Facts: w.facts()}
	for _, r := range w.roles {
		if r.name != "vrrp" {
			continue
		}
		ask, cancel := context.WithTimeout(ctx, askWithin)
		known, err := r.engine.Adverts(ask)
		cancel()
		if err != nil {
			continue
		}
		for _, a := range known.List {
			here.Heard = append(here.Heard, cards.Heard{Interface: a.Interface, VRID: a.VRID, From: a.From, Addresses: a.Addresses})
		}
	}
	return here
}

// ByCard is the edit that the answers to a card make of a text; made is what it came to.
func (w *Workflow) ByCard(c cards.Card, answers map[string]string, here cards.Here, made *cards.Made) Edit {
	return func(x *objects.Text) (*objects.Text, error) {
		out, err := c.Write(x.String(), answers, here)
		*made = out
		if err != nil {
			return nil, err
		}
		return w.Objects(out.Text), nil
	}
}
