package model

import "testing"

// keepalived takes the first word behind notification_email_from, whatever it is.
func TestASenderWithANameIsNamedWithTheAddressThatIsMeant(t *testing.T) {
	for line, want := range map[string]struct{ from, meant string }{
		"Load Balancer <lb@b.example>":   {"Load", "lb@b.example"},
		`"Load Balancer <lb@b.example>"`: {"Load Balancer <lb@b.example>", "lb@b.example"},
		`"Load Balancer" <lb@b.example>`: {"Load Balancer", "lb@b.example"},
		"<lb@b.example>":                 {"<lb@b.example>", "lb@b.example"},
		"Load lb@b.example":              {"Load", "lb@b.example"},
		"lb@b.example,ops@b.example":     {"lb@b.example,ops@b.example", "lb@b.example"},
		`"Load Balancer"`:                {"Load Balancer", ""},
		"lb@b.example":                   {"lb@b.example", "-"},
		"lb@b.example (balancer)":        {"lb@b.example", "-"},
		"root":                           {"root", "-"},
	} {
		cfg, findings := reads(t, "global_defs {\nnotification_email_from "+line+"\n}\n")
		meant := "-"
		for _, f := range findings {
			if f.Code == "sender-with-name" {
				meant = f.Args["Repair"]
			}
		}
		if got := cfg.Global.EmailFrom.Val; got != want.from || meant != want.meant {
			t.Errorf("%s: from %q, meant is %q", line, got, meant)
		}
	}
}
