package dump

import (
	"bytes"
	"fmt"
)

// Stats is keepalived.stats: the counters of every instance.
func Stats(r Report) []byte {
	var b bytes.Buffer
	for _, in := range r.Instances {
		s := in.Stats
		fmt.Fprintf(&b, `VRRP Instance: %s
  Advertisements:
    Received: %d
    Sent: %d
  Became master: %d
  Released master: %d
  Packet Errors:
    Length: %d
    TTL: %d
    Invalid Type: %d
    Advertisement Interval: %d
    Address List: %d
  Authentication Errors:
    Invalid Type: %d
    Type Mismatch: %d
    Failure: %d
  Priority Zero:
    Received: %d
    Sent: %d
`, in.Config.Name, s.AdvertsReceived, s.AdvertsSent, s.BecameMaster, s.ReleasedMaster,
			s.LengthErrors, s.TTLErrors, s.TypeErrors, s.IntervalErrors, s.AddressErrors,
			s.AuthInvalid, s.AuthMismatch, s.AuthFailures, s.PriZeroReceived, s.PriZeroSent)
	}
	return b.Bytes()
}
