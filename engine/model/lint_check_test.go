package model

import "testing"

// keepalived moves a direct-routing server to the port of its service, and its
// checks go on asking the port that is written.
func TestCheckAsksThePortThatIsWritten(t *testing.T) {
	for _, c := range []struct {
		head, server, check string
		port                uint16
		kernel              uint16
	}{
		{"192.0.2.1 80 {\nlb_kind DR", "192.0.2.33 8080", "", 8080, 80},
		{"192.0.2.1 80 {\nlb_kind TUN", "192.0.2.33 8080", "", 8080, 80},
		{"192.0.2.1 80 {\nlb_kind NAT", "192.0.2.33 8080", "", 8080, 8080},
		{"192.0.2.1 80 {\nlb_kind DR", "192.0.2.33 8080", "connect_port 9", 9, 80},
		{"192.0.2.1 80 {\nlb_kind DR", "192.0.2.33 8080", "connect_ip 192.0.2.34", 8080, 80},
		{"192.0.2.1 80 {\nlb_kind DR", "192.0.2.33", "", 80, 80},
		{"192.0.2.1 0 {\nlb_kind DR", "192.0.2.33 8080", "", 8080, 8080},
	} {
		cfg, findings := Parse("x", []byte("virtual_server "+c.head+"\nprotocol TCP\nreal_server "+c.server+" {\nTCP_CHECK {\n"+c.check+"\n}\n}\n}\n"), Facts{})
		if Failed(findings) {
			t.Fatal(findings)
		}
		if len(cfg.Virtuals) != 1 || len(cfg.Virtuals[0].Servers) != 1 {
			t.Fatalf("%+v: %v", c, findings)
		}
		r := Resolve(cfg).Virtuals[0].Servers[0]
		if got := r.Checks[0].Target.Port; got != c.port {
			t.Errorf("%+v: asks port %d", c, got)
		}
		if r.Port != c.kernel {
			t.Errorf("%+v: the kernel is told port %d", c, r.Port)
		}
	}
}
