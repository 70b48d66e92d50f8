package mail

import (
	"testing"
	"time"

	"holdfast/engine/model"
	"holdfast/store"
)

func TestWordsOfTheConfigurationAreTheSettings(t *testing.T) {
	c, findings := model.Parse("x", []byte(`global_defs {
    notification_email {
        a@example.org
    }
    notification_email_from b@example.org
    smtp_server 192.0.2.25 2525
    smtp_connect_timeout 7
    smtp_helo_name director
}
`), model.Facts{})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	m := fromConfig(model.Resolve(c).Global, store.ScopeAll)
	if m.Host != "192.0.2.25" || m.Port != 2525 || m.From != "b@example.org" || len(m.To) != 1 || m.To[0] != "a@example.org" ||
		m.Helo != "director" || m.Timeout != 7*time.Second {
		t.Errorf("%+v", m)
	}
}
