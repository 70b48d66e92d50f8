package page

import (
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/engine/convert"
	"holdfast/web/changes"
	"holdfast/web/fault"
)

// meanwhile shows two changes of one text beside each other.
type meanwhile struct {
	changes.Meanwhile
	Places []place // that both changed; none, if there are more than a page can ask about
}

// place is a stretch of lines that both changed.
type place struct {
	Index, Line int
	Sides       [3]placeSide // as it was, theirs, yours
	Choice      convert.Choice
}

// placeSide is what one of the three texts has in a place.
type placeSide struct {
	Name  string // its words are "ui.meanwhile.NAME"
	Lines []string
	More  int // lines beyond those that are shown
}

// What a page asks about: more places than that are decided in the editor.
const (
	mostPlaces     = 30
	mostPlaceLines = 150 // of each side in all places
)

func placesOf(m convert.Merge, choices []convert.Choice) []place {
	parts := m.Conflicts()
	if len(parts) > mostPlaces {
		return nil
	}
	list, most := make([]place, len(parts)), mostPlaceLines/max(1, len(parts))
	for i, c := range parts {
		list[i] = place{Index: i, Line: c.Line, Sides: [3]placeSide{sideOf("base", c.Base, most), sideOf("theirs", c.Theirs, most), sideOf("mine", c.Mine, most)}}
		if i < len(choices) {
			list[i].Choice = choices[i]
		}
	}
	return list
}

func sideOf(name, text string, most int) placeSide {
	if text == "" {
		return placeSide{Name: name}
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	shown := min(len(lines), most)
	return placeSide{name, lines[:shown], len(lines) - shown}
}

// showMeanwhile draws the page after a conflict. Changes in different places are put
// together in the editor; where both changed the same lines the editor has what was
// typed, and the page asks about each place. What is not saved has no plan.
func (p *Pages) showMeanwhile(c *gin.Context, s changes.Saving, choices []convert.Choice) {
	m, err := p.Workflow.Meanwhile(c.Request.Context(), s)
	if err != nil {
		p.fail(c, err)
		return
	}
	draft, base := m.Theirs, m.BaseHash
	draft.Text = s.Text
	if m.Conflicts == 0 {
		draft.Text, base = m.Whole, m.TheirsHash
	}
	body, err := p.changesPage(c, draft)
	if err != nil {
		p.fail(c, err)
		return
	}
	body.Base, body.Meets = base, &meanwhile{m, placesOf(m.Merge, choices)}
	code := "edited-meanwhile"
	switch {
	case choices != nil:
		code = "choose-each"
	case m.Theirs.Version == 0 && s.Version == 0:
		code = "applied-meanwhile"
	case m.Theirs.Version == 0:
		code = "gone-meanwhile"
	case m.Conflicts == 0:
		code = "merged-meanwhile"
	}
	p.drawChanges(c, body, fault.New(code, "Author", m.Theirs.Author))
}

// mergeCandidate puts two changes of one text together as the form chose for each place
// that both changed, and makes the outcome the candidate.
func (p *Pages) mergeCandidate(c *gin.Context) {
	s, err := p.edited(c)
	if err != nil {
		p.keep(c, s, err)
		return
	}
	m, err := p.Workflow.Meanwhile(c.Request.Context(), s)
	if err != nil {
		p.fail(c, err)
		return
	}
	if m.Theirs.Version != s.Version {
		p.showMeanwhile(c, s, nil) // somebody saved once more
		return
	}
	choices := make([]convert.Choice, min(m.Conflicts, mostPlaces))
	for i := range choices {
		choices[i] = convert.Choice(c.PostForm("place-" + strconv.Itoa(i)))
	}
	whole, ok := m.Merge.Text(choices...)
	if !ok {
		p.showMeanwhile(c, s, choices)
		return
	}
	s.Text, s.Keep = whole, true
	p.keep(c, s, nil)
}
