package control

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"holdfast/engine/journal"
)

// Forecast is what a text would do to the addresses of an instance, given what is heard
// now. Its words are "forecast.CODE"; those of its cause as for an Incident.
type Forecast struct {
	Object    string        `json:"object"`   // the instance
	Code      string        `json:"code"`     // one of code.Forecasts
	Severity  string        `json:"severity"` // error: two would hold them; warning: perhaps, or nobody; info
	Cause     string        `json:"cause,omitempty"`
	From      string        `json:"from,omitempty"`     // source address of the other router
	VRID      uint8         `json:"vrid,omitempty"`     // of the other router, where it has another number
	Priority  uint8         `json:"priority,omitempty"` // of the other router
	Own       uint8         `json:"own_priority,omitempty"`
	In        time.Duration `json:"in"`              // nanoseconds until it is so, about
	Last      time.Time     `json:"last,omitzero"`   // when the other router was heard last
	Addresses []string      `json:"addresses"`       // that it is about
	Here      bool          `json:"here"`            // this node would hold them
	There     []string      `json:"there,omitempty"` // source addresses of others who would
}

// Facts are what the words of a forecast may name.
func (f Forecast) Facts() map[string]string {
	return map[string]string{journal.FactFrom: f.From, journal.FactVRID: number(f.VRID), journal.FactPriority: number(f.Priority), "own": number(f.Own),
		"in": about(f.In), "addresses": strings.Join(f.Addresses, ", "), journal.FactObject: f.Object}
}

// about is a time to the tenth of a second, "" where it is at once.
func about(d time.Duration) string {
	if d < 50*time.Millisecond {
		return ""
	}
	return cmp.Or(strconv.FormatFloat(d.Seconds(), 'f', 1, 64), "0") + " s"
}
