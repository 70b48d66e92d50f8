package page

import (
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/engine/cards"
	"holdfast/engine/model"
	"holdfast/web/changes"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// cardsPage lists the cards.
type cardsPage struct {
	Cards []cards.Card
	Draft changes.Draft
}

// cardPage is the form of a card, and the text that its answers come to.
type cardPage struct {
	cards.Card
	Fields   []cardField
	Faults   []cardFault
	Added    string // the lines that are put behind the text; "": the answers are not whole
	Findings []finding
	Ready    string // the service whose real servers have to be readied; "": there is none
	Here     string // the command that gives the text
	There    string // the command for the other node
	Draft    changes.Draft

	here cards.Here // read once for the page
}

// cardField is a question with the answer that was given.
type cardField struct {
	cards.Field
	Value   string
	Wrong   *fault.Error
	Options []cardOption // what may be chosen, beside "" where the question has a default
	Word    string       // the directive that the answer becomes; "": several
}

// cardOption is an answer that can be chosen.
type cardOption struct {
	Value   string
	Network string // of an interface, its addresses
	Taken   *cards.Taken
}

// cardFault is what is wrong, for the list above the form.
type cardFault struct {
	Field string // "": there is none to lead to
	Err   *fault.Error
}

func (p *Pages) cardList(c *gin.Context) {
	draft, err := p.Workflow.Draft(c.Request.Context())
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, "cards", "changes", live.View{}, cardsPage{cards.All(), draft})
}

// card is an empty form, or the one that the address has answers for.
func (p *Pages) card(c *gin.Context) {
	f, answers, ok := p.cardForm(c, c.Query)
	if !ok {
		return
	}
	if len(c.Request.URL.Query()) > 0 && c.Query("said") == "" {
		p.answer(&f, answers)
	}
	p.show(c, http.StatusOK, "card", "changes", live.View{}, f)
}

// saveCard appends what the answers come to, or only shows it.
func (p *Pages) saveCard(c *gin.Context) {
	f, answers, ok := p.cardForm(c, c.PostForm)
	if !ok {
		return
	}
	if c.PostForm("do") == "preview" {
		p.answer(&f, answers)
		p.preview(c, "card", f, nil)
		return
	}
	var made cards.Made
	ctx := c.Request.Context()
	_, err := p.Workflow.EditCandidate(ctx, user(c).Name, p.Workflow.ByCard(f.Card, answers, f.here, &made))
	if err == nil {
		p.Hub.Wake()
		c.Redirect(http.StatusSeeOther, "/changes#plan")
		return
	}
	if p.answer(&f, answers); len(f.Faults) == 0 {
		p.showFault(c, err, "card", "changes", f)
		return
	}
	frame := p.frame(c, "changes")
	frame.Body = f
	frame.age(c.Request)
	p.write(c, fault.Of(err).Status(), "card", frame)
}

// cardForm is the form of a card with what was answered. False: the answer is an error
// already.
func (p *Pages) cardForm(c *gin.Context, value func(string) string) (cardPage, map[string]string, bool) {
	card, err := cards.Find(c.Param("name"))
	var draft changes.Draft
	if err == nil {
		draft, err = p.Workflow.Draft(c.Request.Context())
	}
	if err != nil {
		p.fail(c, err)
		return cardPage{}, nil, false
	}
	f, answers := cardPage{Card: card, Draft: draft, here: p.Workflow.Here(c.Request.Context())}, map[string]string{}
	for _, one := range card.Fields {
		answers[one.Name] = strings.TrimSpace(strings.ReplaceAll(value(one.Name), "\r\n", "\n"))
		f.Fields = append(f.Fields, cardField{Field: one, Value: answers[one.Name], Word: wordOf[one.Name]})
	}
	f.options(answers)
	return f, answers, true
}

// wordOf are the directives that answers become.
var wordOf = map[string]string{
	"node": "priority", "address": "virtual_ipaddress", "interface": "interface", "vrid": "virtual_router_id", "password": "auth_pass",
	"gateway": "virtual_ipaddress", "inner-interface": "interface", "inner-vrid": "virtual_router_id", "port": "virtual_server", "servers": "real_server",
	"path": "HTTP_GET", "sorry": "sorry_server", "process": "vrrp_track_process", "method": "lb_kind",
}

// answer fills in what the answers come to, or what is wrong with them.
func (p *Pages) answer(f *cardPage, answers map[string]string) {
	made, err := f.Write(f.Draft.Text, answers, f.here)
	f.options(made.Answers)
	var wrong cards.Faults
	if errors.As(err, &wrong) {
		for _, one := range wrong {
			f.fault(one)
		}
		return
	}
	f.Added = made.Added
	if made.Direct {
		f.Ready = made.Service
	}
	_, found := p.Workflow.Check(made.Text)
	first := strings.Count(made.Text[:len(made.Text)-len(made.Added)], "\n") + 1
	f.Findings = findingsIn(made.Text, slices.DeleteFunc(found, func(x model.Finding) bool { return x.Range.File != changes.FileName || x.Range.Line < first }))
	other := map[string]string{cards.First: cards.Second, cards.Second: cards.First}[made.Answers["node"]]
	f.Here, f.There = command(f.Card, answers, made, ""), command(f.Card, answers, made, other)
}

// fault puts what is wrong beside its question and on the list.
func (f *cardPage) fault(one *cards.Fault) {
	e := fault.Of(one)
	for i := range f.Fields {
		if f.Fields[i].Name == one.Field {
			f.Fields[i].Wrong = e
			f.Faults = append(f.Faults, cardFault{one.Field, e})
			return
		}
	}
	f.Faults = append(f.Faults, cardFault{"", e})
}

// options are what may be chosen: the interfaces with their networks, and the numbers of
// virtual routers with the reason why one is taken.
func (f *cardPage) options(answers map[string]string) {
	var routers []model.Instance
	for i := range f.Fields {
		one := &f.Fields[i]
		one.Options = nil
		switch one.Kind {
		case cards.Choice:
			for _, v := range one.Values {
				one.Options = append(one.Options, cardOption{Value: v})
			}
		case cards.Interface:
			one.Options = links(f.here.Facts)
			if one.Value != "" && !slices.ContainsFunc(one.Options, func(o cardOption) bool { return o.Value == one.Value }) {
				one.Options = append(one.Options, cardOption{Value: one.Value})
			}
		case cards.VRID:
			if routers == nil {
				cfg, _ := model.Parse(changes.FileName, []byte(f.Draft.Text), f.here.Facts)
				routers = append([]model.Instance{}, cfg.Instances...)
			}
			taken := cards.TakenOn(answers[linkOf[one.Name]], routers, f.here.Heard)
			one.Options = numbers(taken)
		}
	}
}

// Picks are the lists of numbers, which follow the interface that is chosen.
func (f cardPage) Picks() (ids []string) {
	for _, one := range f.Fields {
		if one.Kind == cards.VRID {
			ids = append(ids, "#pick-"+one.Name)
		}
	}
	return ids
}

// linkOf is the question for the interface of a number.
var linkOf = map[string]string{"vrid": "interface", "inner-vrid": "inner-interface"}

// numbers are all numbers of virtual routers.
func numbers(taken map[int]cards.Taken) []cardOption {
	all := make([]cardOption, 0, mostNumber)
	for n := 1; n <= mostNumber; n++ {
		one := cardOption{Value: strconv.Itoa(n)}
		if t, is := taken[n]; is {
			one.Taken = &t
		}
		all = append(all, one)
	}
	return all
}

// mostNumber is the largest number of a virtual router.
const mostNumber = 255

// links are the interfaces of a host that may bear an address.
func links(facts model.Facts) []cardOption {
	var all []cardOption
	for _, name := range facts.Interfaces {
		if name != "lo" {
			all = append(all, cardOption{Value: name, Network: networks(facts.Addresses[name])})
		}
	}
	return all
}

func networks(list []netip.Prefix) string {
	var all []string
	for _, n := range list {
		if !n.Addr().IsLinkLocalUnicast() {
			all = append(all, n.String())
		}
	}
	return strings.Join(all, ", ")
}

// command is the line that gives the same text in a shell, or that of the other node. The
// number is said to the other node: both must have the same.
func command(card cards.Card, answers map[string]string, made cards.Made, node string) string {
	words := []string{"holdfast card", card.Name}
	for _, f := range card.Fields {
		value := answers[f.Name]
		if node != "" {
			switch f.Kind {
			case cards.Choice:
				if f.Name == "node" {
					value = node
				}
			case cards.VRID:
				value = made.Answers[f.Name]
			}
		}
		if value = strings.Join(strings.FieldsFunc(value, func(r rune) bool { return r == '\n' }), ", "); value != "" {
			words = append(words, f.Name+"="+shellWord(value))
		}
	}
	return strings.Join(words, " ")
}

// shellWord is a value that a shell takes for one word.
func shellWord(value string) string {
	if strings.IndexFunc(value, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("._-/:,@%+", r))
	}) < 0 {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}
