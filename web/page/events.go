package page

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/engine/journal"
	"holdfast/store"
	"holdfast/web/live"
)

// kinds are the kinds of events in the order of the filter.
var kinds = []journal.Kind{
	journal.InstanceState, journal.GroupState, journal.ServerState, journal.QuorumState, journal.PriorityChange,
	journal.ScriptState, journal.SessionState, journal.ScriptFailed, journal.Applied, journal.Confirmed, journal.Reverted, journal.Refused,
	journal.Held, journal.Unheld, journal.KernelError, journal.Drift, journal.Started, journal.Stopped, journal.Lost, journal.Notice,
}

// eventList is one page of the journal.
type eventList struct {
	Kinds        []journal.Kind
	Kind         string
	Object, Text string
	Rows         []store.JournalRow
	Older        string // address of the next page; "" is none
	First        bool   // nothing newer is left out
	News         int    // rows that came since the page was drawn
	Filtered     bool
}

func (p *Pages) events(c *gin.Context) {
	before, err := strconv.ParseInt(c.DefaultQuery("before", "0"), 10, 64)
	if err != nil || before < 0 {
		before = 0
	}
	list := eventList{
		Kinds: kinds, Kind: c.Query("kind"), Object: strings.TrimSpace(c.Query("object")), Text: strings.TrimSpace(c.Query("q")),
		First: before == 0,
	}
	list.Filtered = list.Kind != "" || list.Object != "" || list.Text != ""
	// One row more than is shown means that there is another page.
	rows, err := p.Store.JournalPage(c.Request.Context(), store.JournalFilter{
		Before: before, Kind: journal.Kind(list.Kind), Object: list.Object, Text: list.Text, Limit: pageSize + 1,
	})
	if err != nil {
		p.fail(c, err)
		return
	}
	list.Rows = rows[:min(len(rows), pageSize)]
	if len(rows) > pageSize {
		q := url.Values{"before": {strconv.FormatInt(list.Rows[pageSize-1].ID, 10)}}
		for name, value := range map[string]string{"kind": list.Kind, "object": list.Object, "q": list.Text} {
			if value != "" {
				q.Set(name, value)
			}
		}
		list.Older = "/events?" + q.Encode()
	}
	v := live.View{Page: "events", Lang: language(c.Request)}
	if v.Since, err = p.Store.JournalEnd(c.Request.Context()); err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, "events", "events", v, list)
}

// manyNews is where counting what is new stops.
const manyNews = 100

// newsBody counts what came since the page was drawn. The table itself stays
// put under the pointer until the reader asks for the new rows.
func (p *Pages) newsBody(ctx context.Context, v live.View, _ live.Snapshot) (any, error) {
	rows, err := p.Store.JournalSince(ctx, v.Since, manyNews)
	return eventList{News: len(rows)}, err
}
