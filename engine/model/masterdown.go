package model

import (
	"time"
)

// Unpeered is the master-down time where no instance says one.
const Unpeered = 3 * time.Second

// ShortestDown is how long the vrrp role may be away before a peer takes over one
// of cfg's instances: the shortest master-down time, as a peer of the highest
// priority would count it (RFC 3768, 6.1: three intervals and a skew of
// (256-priority)/256 seconds).
func ShortestDown(cfg Config) time.Duration {
	shortest := time.Duration(0)
	for _, in := range cfg.Instances {
		adverts := time.Duration(in.DownTimerAdverts.Val)
		if adverts == 0 {
			adverts = 3
		}
		if d := adverts * in.Advert.Val.Duration(); shortest == 0 || d < shortest {
			shortest = d
		}
	}
	if shortest == 0 {
		return Unpeered
	}
	return shortest
}
