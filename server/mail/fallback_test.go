package mail

import (
	"testing"

	"holdfast/store"
)

// 0.0.0.0 is this host, and not known to be.
func TestOfferedSTARTTLSThatDoesNotWorkIsDoneWithoutWhereNobodyAskedForIt(t *testing.T) {
	for name, broken := range map[string]string{
		"refused":       "454 4.7.0 TLS not available due to local problem",
		"no TLS at all": "220 go ahead\n500 this is no TLS record",
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			server := newScripted(t, script{"EHLO": "250-script\n250 STARTTLS", "STARTTLS": broken})
			settings := store.MailSettings{Host: "0.0.0.0", Port: server.port}
			enqueue(t, s, "ops@example.org")
			startSender(t, s, settings, quick)
			outboxBecomes(t, s, 1, isState(store.MailSent))
			told, err := Test(t.Context(), settings, "ops@example.org")
			if err != nil || told.Failed != "" || told.TLS != nil {
				t.Errorf("the test says %+v, %v", told, err)
			}
			settings.VerifyCert = true
			if _, err := dial(t.Context(), settings, "lvs1"); err == nil {
				t.Error("a mail that has to be safe goes unencrypted")
			}
		})
	}
}
