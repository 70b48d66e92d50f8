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
%s  Priority Zero:
    Received: %d
    Sent: %d
`, in.Config.Name, s.AdvertsReceived, s.AdvertsSent, s.BecameMaster, s.ReleasedMaster,
			s.LengthErrors, s.TTLErrors, s.TypeErrors, s.IntervalErrors, s.AddressErrors,
			s.AuthInvalid, s.AuthMismatch, s.AuthFailures, extension(in), s.PriZeroReceived, s.PriZeroSent)
	}
	return b.Bytes()
}

// extension are the counters of auth_hmac; keepalived before 2.4.0 has none.
func extension(in Instance) string {
	if !in.Config.HMAC.On() {
		return ""
	}
	s := in.Stats
	return fmt.Sprintf(`  Authentication Extension Errors:
    Missing: %d
    Malformed: %d
    Unknown Key: %d
    Invalid HMAC: %d
    Stale: %d
    Replay: %d
`, s.Unsigned, s.Malformed, s.UnknownKey, s.InvalidHMAC, s.Stale, s.Replayed)
}
