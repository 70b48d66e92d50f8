package parent_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"holdfast/test/lab"
)

// The router keeps its memory from being paged out, so what a plan leaves with it is
// gone for the host. It takes some hundred times the bytes of a text of addresses alone,
// and gives them back.
func TestALargePlanLeavesNoMemoryWithTheRouter(t *testing.T) {
	t.Parallel()
	h, _ := master(t)
	pid := h.role("vrrp")
	var text bytes.Buffer
	text.WriteString("global_defs {\n vrrp_no_swap\n bfd_no_swap\n}\n") // it is locked in any case
	for i := range 3 {
		fmt.Fprintf(&text, "vrrp_instance i%d {\n interface eth0\n virtual_router_id %d\n virtual_ipaddress_excluded {\n", i, i+60)
		for j := range 21000 {
			fmt.Fprintf(&text, "10.%d.%d.%d/32 dev eth0\n", i, j/250, j%250)
		}
		text.WriteString(" }\n}\n")
	}
	before, began := lab.Memory(t, pid, "VmRSS")>>10, time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for len(h.wire.Adverts(h.node.Addr, began)) < 4 {
		p, err := h.client("vrrp").Plan(ctx, text.String())
		if err != nil || len(p.Changes) < 3 {
			t.Fatal(p.Changes, err)
		}
	}
	h.punctual(began, 3*interval)
	after, most, size := lab.Memory(t, pid, "VmRSS")>>10, lab.Memory(t, pid, "VmHWM")>>10, text.Len()>>10
	t.Logf("a text of %d KiB: %d KiB before, at most %d, %d after", size, before, most, after)
	if most < before+20*size {
		t.Errorf("at most %d KiB: this text shows nothing", most)
	}
	if most > before+200*size || after > before+20*size {
		t.Errorf("a text of %d KiB: %d KiB before, at most %d, %d after", size, before, most, after)
	}
	if lab.Memory(t, pid, "VmLck") == 0 {
		t.Error("its memory is not locked any more")
	}
}
