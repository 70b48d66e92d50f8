package dump

import (
	"strings"
	"testing"
	"time"

	"holdfast/engine/vrrp"
)

// keepalived writes 0.07, 1.25, 2; and of a backup in version 3 what the master tells.
func TestIntervalsBelowASecondStandInTheJSON(t *testing.T) {
	for every, want := range map[time.Duration]string{70 * time.Millisecond: "0.07", 1250 * time.Millisecond: "1.25", 2 * time.Second: "2", 40950 * time.Millisecond: "40.95"} {
		r := made(t, vrrp.Backup)
		r.Instances[0].Core.Advert = every
		b, err := JSON(r)
		if text := string(b); err != nil || !strings.Contains(text, `"adver_int":`+want+`,"master_adver_int":`+want+`,`) {
			t.Errorf("%s: %v %s", every, err, text)
		}
	}
}

func TestTheMastersIntervalStandsInTheJSONOfABackup(t *testing.T) {
	for role, want := range map[vrrp.Role]string{vrrp.Backup: "0.25", vrrp.Master: "1"} {
		r := made(t, role)
		r.Instances[0].State.Interval = 250 * time.Millisecond
		if b, err := JSON(r); err != nil || !strings.Contains(string(b), `"adver_int":1,"master_adver_int":`+want+`,`) {
			t.Errorf("%s: %v %s", role, err, b)
		}
	}
}
