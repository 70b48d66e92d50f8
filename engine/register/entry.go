package register

import (
	"net/netip"
	"time"

	"holdfast/engine/vrrp"
)

// Sender is a router as the wire shows it: who sends adverts for a number on a link.
type Sender struct {
	Link string
	VRID uint8
	From netip.Addr
}

// Entry is what is known of a sender.
type Entry struct {
	Sender
	Ours     bool        // an instance here has this number on this link
	Packet   vrrp.Packet // the last advert that did not resign
	Resigned bool        // an advert of priority 0 came after it
	First    time.Time   // the first advert since the entry was made
	Since    time.Time   // the first one after the last silence
	Last     time.Time
	Count    uint64 // since First
}

// Advert is what the last advert said that did not resign, as far as it can be read.
func (e Entry) Advert() vrrp.Advert {
	a, _ := vrrp.ParseAdvert(e.Packet.Payload, e.From.Is6()) // one that is cut short says what it says
	return a
}

// Patience is the silence after which a sender that advertises at this interval counts as
// gone: it is as long as that of a router of the lowest priority, at least.
func Patience(interval time.Duration) time.Duration { return 3*interval + time.Second }

// Live says whether the sender is master at an instant, as far as the wire shows.
func (e Entry) Live(now time.Time) bool {
	return !e.Resigned && now.Sub(e.Last) <= Patience(e.Advert().Interval)
}
