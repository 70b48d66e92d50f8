package vrrprole

import (
	"net/netip"
	"strconv"

	"holdfast/engine/code"
	"holdfast/engine/journal"
)

// maxUnknown bounds the senders that are told of: forged ones make no more.
const maxUnknown = 64

// sender is where adverts come from: a router of others, by its number and its address.
type sender struct {
	link string
	vrid uint8
	from netip.Addr
}

// unknown are the senders of adverts for a number that no instance on their link has,
// of which the journal was told, each once: log_unknown_vrids.
type unknown struct {
	note func(journal.Entry)
	told map[sender]bool
}

// heard tells of a sender that was not told of before.
func (u *unknown) heard(s sender) {
	if u.told[s] || len(u.told) >= maxUnknown {
		return
	}
	u.told[s] = true
	u.note(journal.Entry{Kind: journal.Notice, Object: s.link, Facts: map[string]string{
		journal.FactCode: code.UnknownVRID, journal.FactInterface: s.link, journal.FactFrom: s.from.String(), journal.FactVRID: strconv.Itoa(int(s.vrid))}})
}
