package vrrprole

import (
	"slices"
	"testing"

	"holdfast/engine/model"
)

func TestChangesAreToldInTheWordsOfTheConfiguration(t *testing.T) {
	read := func(text string) model.Config {
		cfg, found := model.Parse("holdfast.conf", []byte(text), model.Facts{})
		if model.Failed(found) {
			t.Fatal(found)
		}
		return model.Resolve(cfg)
	}
	const before = `vrrp_script chk {
    script "/bin/true"
}
vrrp_instance A {
    interface eth0
    virtual_router_id 7
    priority 100
    virtual_ipaddress {
        192.0.2.1
    }
}
vrrp_instance B {
    interface eth0
    virtual_router_id 8
    virtual_ipaddress {
        192.0.2.2
    }
}
`
	old := read(before)
	next := read(`vrrp_script chk {
    script "/bin/false"
}
vrrp_instance A {
    interface eth0
    virtual_router_id 7
    priority 98
    track_script {
        chk
    }
    virtual_ipaddress {
        192.0.2.1
    }
}
vrrp_instance C {
    interface eth0
    virtual_router_id 9
    virtual_ipaddress {
        192.0.2.3
    }
}
`)
	want := []string{"A: priority 100 -> 98", "A: ~ track_script", "+ vrrp_instance C", "- vrrp_instance B", "chk: ~ vrrp_script"}
	if got := differences(old, next); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := differences(old, read("# a line more\n"+before)); len(got) != 0 {
		t.Errorf("a comment is told as %q", got)
	}
}
