package model

import (
	"slices"
	"strings"
	"testing"
)

func TestOlderLeavesOutWhatAnOlderKeepalivedDoesNotKnow(t *testing.T) {
	text := "global_defs {\n use_symlink_paths yes\n vrrp_strict\n}\n" +
		service("real_server 192.0.2.33 80 {\n HTTP_GET {\n url {\n path /\n tls_compliant\n }\n }\n SSL_GET {\n tls_compliant\n url {\n path /\n }\n }\n }")
	c, _ := Parse("x", []byte(text), host)
	before := Print(c)
	old, left := Older(c, OldRelease)
	if want := []string{"SSL_GET tls_compliant", "global_defs use_symlink_paths", "url tls_compliant"}; !slices.Equal(left, want) {
		t.Errorf("left out %q", left)
	}
	if out := Print(old); strings.Contains(out, "tls_compliant") || !strings.Contains(out, "vrrp_strict") {
		t.Errorf("printed\n%s", out)
	}
	if Print(c) != before {
		t.Error("the configuration itself has changed")
	}
}

func TestOlderLeavesOutWordsInsideOfALine(t *testing.T) {
	c, _ := Parse("x", []byte(`static_rules {
    from 10.0.0.0/8 tun_id 7 table 5
}

vrrp_instance V {
    interface eth0
    virtual_router_id 1
    track_process {
        p weight 5 noreverse
    }
    track_interface {
        eth1 weight 5 noreverse
    }
    use_vmac name vrrp.1 netlink_notify_msg group 5
}
`), host)
	old, left := Older(c, OldRelease)
	if want := []string{"static_rules tun_id", "use_vmac group", "use_vmac netlink_notify_msg"}; !slices.Equal(left, want) {
		t.Errorf("left out %q", left)
	}
	want := `static_rules {
    from 10.0.0.0/8 table 5
}

vrrp_instance V {
    state BACKUP
    interface eth0
    virtual_router_id 1
    track_process {
        p weight 5 noreverse
    }
    track_interface {
        eth1 weight 5
    }
    use_vmac vrrp.1
}
`
	if got := Print(old); !strings.Contains(got, "use_vmac") || sorted(got) != sorted(want) {
		t.Errorf("printed\n%s", got)
	}
}

func sorted(text string) string {
	return strings.Join(slices.Sorted(strings.Lines(text)), "")
}
