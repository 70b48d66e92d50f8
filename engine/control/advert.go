package control

import "time"

// Advert is a router as the wire shows it: the last advert of one sender for one number on
// one interface, whether an instance here has that number or not.
type Advert struct {
	Interface string        `json:"interface"`
	From      string        `json:"from"` // source address
	To        string        `json:"to"`   // the group, or an address of ours
	MAC       string        `json:"mac,omitempty"`
	VRID      uint8         `json:"vrid"`
	Version   uint8         `json:"version"`
	Priority  uint8         `json:"priority"`
	Interval  time.Duration `json:"interval"`       // nanoseconds, as the advert says
	Auth      string        `json:"auth,omitempty"` // PASS or AH
	TTL       int           `json:"ttl"`
	Addresses []string      `json:"addresses"`
	Instances []string      `json:"instances,omitempty"` // those here of that number on that interface; none: it is a router of others
	Refused   string        `json:"refused,omitempty"`   // why the first of these does not count it, one of code.Notices
	Live      bool          `json:"live"`                // it is master, as far as the wire shows
	Resigned  bool          `json:"resigned,omitempty"`  // it said priority 0 last
	First     time.Time     `json:"first"`
	Since     time.Time     `json:"since"` // of the adverts without a gap
	Last      time.Time     `json:"last"`
	Count     uint64        `json:"count"` // since First
}

// Adverts are all routers that were heard within the last hour.
type Adverts struct {
	At     time.Time `json:"at"`
	List   []Advert  `json:"adverts"`
	Missed uint64    `json:"missed,omitempty"` // adverts of senders for whom the register had no room
}
