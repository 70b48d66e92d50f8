package control

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"holdfast/engine/journal"
)

// Incident is one thing that is wrong between an instance and the routers that it hears,
// for as long as that is true. Its words are "incident.CODE"; those of its cause are
// "cause.CAUSE", else "notice.CAUSE", else "reason.CAUSE".
type Incident struct {
	Code      string    `json:"code"`                // one of code.Incidents
	Severity  string    `json:"severity"`            // error, warning; unknown: nothing is wrong as far as is known
	Cause     string    `json:"cause,omitempty"`     // the likely one
	From      string    `json:"from,omitempty"`      // source address of the other router
	Holder    string    `json:"holder,omitempty"`    // the other one of two masters, where it is not this node
	VRID      uint8     `json:"vrid,omitempty"`      // of the other router, where it has another number
	Priority  uint8     `json:"priority,omitempty"`  // as the other router says
	Addresses []string  `json:"addresses,omitempty"` // that it is about
	Since     time.Time `json:"since"`
	Last      time.Time `json:"last,omitzero"`   // when the other router was heard last
	Count     uint64    `json:"count,omitempty"` // adverts that tell of it

	Args map[string]string `json:"args,omitempty"` // what the words of the cause name besides
}

// Facts are what the words of an incident and of its cause may name.
func (i Incident) Facts() map[string]string {
	named := map[string]string{journal.FactFrom: i.From, journal.FactHolder: i.Holder, journal.FactVRID: number(i.VRID),
		journal.FactPriority: number(i.Priority), "addresses": strings.Join(i.Addresses, ", ")}
	maps.Copy(named, i.Args)
	return named
}

// number is n for a sentence that leaves 0 out.
func number(n uint8) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(int(n))
}

// Covers says whether a complaint is told by an incident of a list already.
func Covers(list []Incident, c Complaint) bool {
	for _, i := range list {
		if i.From == c.From && i.Cause == c.Code {
			return true
		}
	}
	return false
}
