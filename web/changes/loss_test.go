package changes

import (
	"testing"

	"holdfast/engine/model"
)

func parse(t *testing.T, text string) model.Config {
	t.Helper()
	c, _ := model.Parse(FileName, []byte(text), model.Facts{Node: "dir1"})
	return model.Resolve(c)
}

const two = `vrrp_instance A {
    interface eth0
    virtual_router_id 1
    virtual_ipaddress {
        192.0.2.1/32
        192.0.2.2/32
    }
}
virtual_server 192.0.2.1 80 {
    protocol TCP
    real_server 192.0.2.11 80 {
    }
    real_server 192.0.2.12 80 {
    }
}
virtual_server 192.0.2.2 80 {
    protocol TCP
    real_server 192.0.2.11 80 {
    }
}
`

func TestLossCountsWhatGoesAway(t *testing.T) {
	got := lossOf(parse(t, two), parse(t, `vrrp_instance A {
    interface eth0
    virtual_router_id 1
    virtual_ipaddress {
        192.0.2.1/24
    }
}
virtual_server 192.0.2.1 80 {
    protocol TCP
    real_server 192.0.2.12 80 {
    }
}
`))
	want := Loss{Services: 1, OfServices: 2, Addresses: 1, OfAddresses: 2, Servers: 2, OfServers: 3}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestMoreThanHalfIsHeavyAndHalfIsNot(t *testing.T) {
	for _, row := range []struct {
		loss  Loss
		heavy bool
	}{
		{Loss{}, false},
		{Loss{Services: 1, OfServices: 2}, false},
		{Loss{Services: 2, OfServices: 3}, true},
		{Loss{Addresses: 1, OfAddresses: 1}, true},
		{Loss{Servers: 5, OfServers: 10}, false},
		{Loss{Servers: 6, OfServers: 10}, true},
	} {
		if got := row.loss.Heavy(); got != row.heavy {
			t.Errorf("%+v: heavy is %v", row.loss, got)
		}
	}
}

func TestWhatABrowserDoesToLineEndsIsUndone(t *testing.T) {
	for _, row := range []struct{ typed, before, want string }{
		{"a\r\nb\r\n", "a\n", "a\nb\n"},
		{"a\r\nb\r\n", "a\r\n", "a\r\nb\r\n"},
		{"a\nb\n", "a\r\n", "a\r\nb\r\n"},
		{"a", "", "a"},
	} {
		if got := Typed(row.typed, row.before); got != row.want {
			t.Errorf("Typed(%q, %q) = %q, want %q", row.typed, row.before, got, row.want)
		}
	}
}
