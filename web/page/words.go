package page

import (
	"fmt"
	"html/template"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"holdfast/assets"
	"holdfast/engine/conf"
	"holdfast/engine/control"
	"holdfast/engine/convert"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/store"
	"holdfast/web/changes"
	"holdfast/web/fault"
)

// words are what templates call to say something in one language.
type words struct {
	lang   string
	asset  func(string) string
	pushed bool
}

func (w words) funcs() template.FuncMap {
	return template.FuncMap{
		"t":          w.text,
		"n":          w.count,
		"state":      w.state,
		"when":       w.when,
		"relative":   w.relative,
		"took":       took,
		"reason":     w.reason,
		"held":       w.held,
		"complaint":  w.complaint,
		"incident":   w.incident,
		"forecast":   w.forecast,
		"notice":     w.notice,
		"why":        w.why,
		"whether":    w.whether,
		"refused":    w.refused,
		"story":      w.story,
		"sentence":   w.sentence,
		"asset":      w.asset,
		"lang":       func() string { return w.lang },
		"path":       url.PathEscape,
		"short":      short,
		"clock":      func(t time.Time) string { return t.Local().Format(time.TimeOnly) },
		"stamp":      func(t time.Time) string { return t.Format(time.RFC3339Nano) },
		"join":       strings.Join,
		"dict":       dict,
		"finding":    w.finding,
		"fault":      w.fault,
		"ending":     w.ending,
		"mailReason": w.mailReason,
		"sign":       changes.Sign,
		"brief":      func(s string) string { return conf.Beginning(s, longestLine) },
		"clip":       func(s string) string { return conf.Beginning(s, listedLine) },
		"editable":   editable,
		"lineName":   lineName,
		"missingFrom": func(code string) any {
			if list, ok := lists[code]; ok {
				return list
			}
			return nil
		},
		"draftName":     w.draftName,
		"label":         w.label,
		"help":          w.help,
		"cardHelp":      func(card, field string) string { return assets.CardHelp(w.lang, card, field) },
		"objectAddress": objectAddress,
		"newAddress":    newAddress,
		"pickOf":        pickOf,
		"kitCommand":    func(service string) string { return "holdfast kit " + service },
		"meaning":       w.meaning,
		"choices": func() []convert.Choice {
			return []convert.Choice{convert.TakeTheirs, convert.TakeMine, convert.TakeBoth, convert.TakeBase}
		},
		"inc":      func(i int) int { return i + 1 },
		"pushed":   func() bool { return w.pushed },
		"listed":   listed,
		"unlisted": unlisted,
		// The codes of things that have no state word of their own.
		"checkState":    checkState,
		"eventState":    eventState,
		"incidentState": incidentState,
		"foretold":      foretold,
	}
}

// text is the sentence "ui.ID" with its arguments as pairs.
func (w words) text(id string, pairs ...any) string {
	return assets.Text(w.lang, "ui."+id, args(pairs))
}

// sentence is the sentence ID of any room.
func (w words) sentence(id string, a map[string]string) string { return assets.Text(w.lang, id, a) }

// count is the sentence "ui.ID" about n things.
func (w words) count(id string, n int, pairs ...any) string {
	return assets.Count(w.lang, "ui."+id, n, args(pairs))
}

func args(pairs []any) map[string]string {
	a := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		a[fmt.Sprint(pairs[i])] = fmt.Sprint(pairs[i+1])
	}
	return a
}

// when is an instant as the appliance's own clock shows it: with seconds and zone.
func (w words) when(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Local().Format("2006-01-02 15:04:05 MST")
}

// relative is how long ago an instant is; a pushed part leaves it to the browser.
func (w words) relative(t time.Time) string {
	if t.IsZero() || w.pushed {
		return ""
	}
	d := time.Since(t)
	id := "time.ago"
	if d < 0 {
		d, id = -d, "time.in"
	}
	return w.text(id, "Span", w.span(d))
}

// span is a length of time in its largest unit.
func (w words) span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return w.count("time.seconds", int(d.Seconds()))
	case d < 2*time.Hour:
		return w.count("time.minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return w.count("time.hours", int(d.Hours()))
	}
	return w.count("time.days", int(d.Hours()/24))
}

// took is how long something lasted, to the precision that means something.
func took(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', 1, 64) + " ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
}

// reason words a reason: a code of the vrrp role ("reason.CODE"), else what a check,
// a script or the kernel said.
func (w words) reason(code string) string {
	if code == "" {
		return ""
	}
	if assets.Known("reason." + code) {
		return assets.Text(w.lang, "reason."+code, nil)
	}
	return assets.Said(w.lang, code)
}

// held words why something is held back.
func (w words) held(h control.Blocked) string {
	a := map[string]string{"object": h.Object, "Object": h.Object}
	maps.Copy(a, h.Args)
	if assets.Known("held." + h.Code) {
		return assets.Text(w.lang, "held."+h.Code, a)
	}
	return h.Code
}

// notice words what a plan warns of.
func (w words) notice(b control.Blocked) string { return assets.Text(w.lang, "notice."+b.Code, b.Args) }

// why words why an instance is in its role.
func (w words) why(y control.Why) string { return assets.Why(w.lang, y.Code, y.Facts()) }

// whether words what a tracked thing would change.
func (w words) whether(i control.If) string { return assets.If(w.lang, i.Code, i.Fails, i.Facts()) }

// incident words what is wrong between routers, and its likely cause.
func (w words) incident(i control.Incident) []string {
	what, why := assets.Incident(w.lang, i.Code, i.Cause, i.Facts())
	if why == "" {
		return []string{what}
	}
	return []string{what, why}
}

// forecast words what a text would do to the addresses of an instance.
func (w words) forecast(f control.Forecast) string {
	return assets.Forecast(w.lang, f.Code, f.Cause, f.Facts())
}

// refused words why the last advert of a router does not count.
func (w words) refused(a control.Advert) string {
	return assets.Text(w.lang, "notice."+a.Refused, map[string]string{"from": a.From})
}

// complaint words what is wrong with the adverts that an instance hears.
func (w words) complaint(c control.Complaint) string {
	return assets.Text(w.lang, "notice."+c.Code, c.Facts())
}

// story words a journal entry, as mails and the log do.
func (w words) story(e journal.Entry) string {
	return assets.Event(w.lang, string(e.Kind), e.Object, e.Facts)
}

// finding words what was found in a text.
func (w words) finding(f model.Finding) string {
	return assets.Finding(w.lang, f.Code, shortened(f.Args), conf.Beginning(f.Hint, markedMost))
}

// fault words an error.
func (w words) fault(err error) string {
	e := fault.Of(err)
	return assets.Text(w.lang, e.Sentence(), e.Args)
}

// label is what a form calls a directive, "" where that is its keyword.
func (w words) label(d model.Directive) string {
	if id := "ui.label." + d.ID; assets.Known(id) {
		return assets.Text(w.lang, id, nil)
	}
	return ""
}

// help says what a directive does.
func (w words) help(d model.Directive) string {
	return assets.Directive(w.lang, d.ID, d.Loss, d.Instead)
}

// meaning is what follows from a choice, "" where its word says it.
func (w words) meaning(word, value string) string {
	if id := "ui.choice." + word + "." + value; assets.Known(id) {
		return assets.Text(w.lang, id, nil)
	}
	return ""
}

// ending words how an application ended, or shows what a role said to it.
func (w words) ending(code string) string {
	if assets.Known("ui.ending." + code) {
		return w.text("ending." + code)
	}
	return code
}

// mailReason words why a step of the test mail failed.
func (w words) mailReason(code string) string {
	if assets.Known("mail.test." + code) {
		return assets.Text(w.lang, "mail.test."+code, map[string]string{"detail": ""})
	}
	return code
}

// draftName is how a draft is called: as somebody named it, or by whose text it is.
func (w words) draftName(d store.Draft) string {
	if d.Name != "" {
		return d.Name
	}
	return w.text("drafts.of", "Author", d.Author, "When", w.when(d.At))
}

// short is the beginning of a hash.
func short(hash string) string { return hash[:min(8, len(hash))] }

func dict(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m
}
