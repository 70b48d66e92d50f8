package model

import (
	"strings"
	"testing"

	"holdfast/engine/conf"
)

func annotated(text string) string {
	c, _ := Parse("x", []byte(text), Facts{Node: "n"})
	return Annotate(Print(c), conf.Read("x", []byte(text), conf.Options{Node: "n"}))
}

func TestCommentsMoveWithTheirStatements(t *testing.T) {
	text := `! the head
# of the file

# the first statement
virtual_server 192.0.2.7 80 { # the service
    # how it balances
    lb_algo rr	! round robin
    nat_mask 255.0.0.0 # of long ago
    protocol TCP
    real_server 10.0.0.1 80 {
        # three times the load
        weight 3
    } # the first
    #real_server 10.0.0.9 80 {
    #}
}
vrrp_instance V # the instance
{
    virtual_router_id 7
    state MASTER
    interface eth0
    virtual_ipaddress {
        # the address
        192.0.2.7
    }
    # nothing more
}
# the end
`
	want := `! the head
# of the file

# the instance
vrrp_instance V {
    state MASTER
    interface eth0
    virtual_router_id 7
    virtual_ipaddress {
        # the address
        192.0.2.7/32
    }
    # nothing more
}

# the first statement
virtual_server 192.0.2.7 80 {  # the service
    # of long ago
    protocol TCP
    # how it balances
    lvs_sched rr  ! round robin
    real_server 10.0.0.1 80 {
        # three times the load
        weight 3
    }  # the first
    #real_server 10.0.0.9 80 {
    #}
}
# the end
`
	want = strings.Replace(strings.Replace(want, "# the instance\n", "", 1), "vrrp_instance V {\n", "vrrp_instance V {  # the instance\n", 1)
	if got := annotated(text); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWhatIsSaidInCommentsHoldsInTheCanonicalForm(t *testing.T) {
	text := "global_defs {\n    router_id x\n}\nvirtual_server 192.0.2.7 80 {\n    protocol TCP\n    lb_algo rr\n    lb_kind NAT\n    ! holdfast: allow server-without-check\n    real_server 10.0.0.1 80 {\n    }\n}\n"
	facts := Facts{Node: "n"}
	_, plain := Parse("x", []byte(strings.Replace(text, "holdfast: allow", "permit", 1)), facts)
	_, silenced := Parse("x", []byte(text), facts)
	_, again := Parse("x", []byte(annotated(text)), facts)
	if len(plain) != len(silenced)+1 || len(again) != len(silenced) {
		t.Errorf("%d findings, %d silenced, %d in\n%s", len(plain), len(silenced), len(again), annotated(text))
	}
}

func TestCommentsChangeNothingOfTheCanonicalForm(t *testing.T) {
	for _, text := range []string{
		"global_defs {\n router_id a # x\n}\nglobal_defs {\n # y\n router_id b # z\n}\n",
		"vrrp_script s { script \"a # b\" # c\n}\n", "# }\n# {\nvrrp_script s {\n script /x ! }\n ! {\n}", "! only",
	} {
		c, _ := Parse("x", []byte(text), Facts{})
		with := annotated(text)
		d, _ := Parse("x", []byte(with), Facts{})
		if !Equal(c, d) {
			t.Errorf("%q became\n%s", text, with)
		}
		for _, p := range []string{"# x", "# y", "# z", "# c", "# }", "! }", "! {", "! only"} {
			if strings.Contains(text, p) && !strings.Contains(with, p) {
				t.Errorf("%q is lost of %q:\n%s", p, text, with)
			}
		}
	}
}
