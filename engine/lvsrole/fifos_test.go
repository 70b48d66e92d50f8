package lvsrole

import (
	"fmt"
	"testing"

	"holdfast/engine/model"
)

func TestLinesNameServersAsKeepalivedDoes(t *testing.T) {
	for virtual, want := range map[string]string{
		"virtual_server 192.0.2.1 80":    "VS [192.0.2.1]:tcp:80 UP\nRS [192.0.2.3]:tcp:8080 [192.0.2.1]:tcp:80 DOWN\n",
		"virtual_server 2001:db8::1 80":  "VS [2001:db8::1]:tcp:80 UP\nRS [2001:db8::3]:tcp:8080 [2001:db8::1]:tcp:80 DOWN\n",
		"virtual_server fwmark 7":        "VS FWM 7 UP\nRS [192.0.2.3]:none:8080 FWM 7 DOWN\n",
		"virtual_server group the-group": "VS [the-group]:0 UP\nRS [192.0.2.3]:tcp:8080 [the-group]:0 DOWN\n",
	} {
		real := "192.0.2.3"
		if virtual == "virtual_server 2001:db8::1 80" {
			real = "2001:db8::3"
		}
		c := configOf(t, fmt.Sprintf("virtual_server_group the-group {\n192.0.2.8 80\n}\n%s {\nprotocol TCP\nreal_server %s 8080 {\n}\n}\n", virtual, real))
		v := c.Virtuals[0]
		if got := virtualLine(&v, "UP") + serverLine(&v, v.Servers[0], "DOWN"); got != want {
			t.Errorf("%s: %q, want %q", virtual, got, want)
		}
	}
}

// Each role starts the reader of its own FIFO; that of notify_fifo is the vrrp role's.
func TestTheRoleWritesItsFIFOsAndRunsTheReaderOfOne(t *testing.T) {
	c := configOf(t, "global_defs {\nscript_user nobody\nnotify_fifo /run/all daemon\nnotify_fifo_script /bin/all\n"+
		"lvs_notify_fifo /run/lvs\nlvs_notify_fifo_script \"/bin/lvs word\"\nvrrp_notify_fifo /run/vrrp\n}\n")
	want := "[{/run/lvs   {[/bin/lvs word] [] nobody  0s false 0}} {/run/all daemon  {[] []   0s false 0}}]"
	if got := fmt.Sprint(pipesOf(c.Global)); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := pipesOf(model.Global{}); got != nil {
		t.Errorf("%v without a word", got)
	}
}
