package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestATextHoldsNoMoreOutsideVirtualServersThanTheBudget(t *testing.T) {
	t.Parallel()
	block := func(word, line string, n int) string { return word + " {\n" + strings.Repeat(line+"\n", n) + "}\n" }
	in := func(outer, inner string) string { return outer + " {\n" + inner + "}\n" }
	for name, row := range map[string]struct {
		code, count string
		line        int
		just, over  string
	}{
		"instances": {tooManyInstances, "4097", 2*MaxInstances + 1,
			strings.Repeat("vrrp_instance a {\n}\n", MaxInstances), strings.Repeat("vrrp_instance a {\n}\n", MaxInstances+1)},
		"lines outside of blocks": {tooManyBlocks, "65537", maxBlocks + 1,
			strings.Repeat("x\n", maxBlocks), strings.Repeat("x\n", maxBlocks+1)},
		"addresses": {tooManyAddresses, "65537", maxAddresses + 3,
			in("vrrp_instance a", block("virtual_ipaddress", "10.0.0.1", maxAddresses)), in("vrrp_instance a", block("virtual_ipaddress", "10.0.0.1", maxAddresses+1))},
		"routes": {tooManyAddresses, "65537", maxAddresses + 3,
			in("vrrp_instance a", block("virtual_routes", "10.0.0.1", maxAddresses)), in("vrrp_instance a", block("virtual_routes", "10.0.0.1", maxAddresses+1))},
		"statements": {tooManyStatements, "262145", maxStatements + 1,
			block("global_defs", "x", maxStatements-1), block("global_defs", "x", maxStatements)},
		"words": {tooManyOtherWords, "1049091", 2049,
			block("global_defs", strings.Repeat("x ", 512), 2047), block("global_defs", strings.Repeat("x ", 512), 2049)},
		"statements of a virtual server": {tooManyInServer, "1048577", maxInServer + 2,
			strings.Repeat(block("virtual_server 10.0.0.1 80", "x", 1<<18), 5), block("virtual_server 10.0.0.1 80", "x", maxInServer+1)},
		"blocks of a virtual server": {tooManyBlocksIn, "393217", maxBlocksIn + 2,
			block("virtual_server 10.0.0.1 80", "x {}", maxBlocksIn), block("virtual_server 10.0.0.1 80", "x {}", maxBlocksIn+1)},
	} {
		ofCode := func(text string) []Finding {
			all := Inspect("x", text, Facts{})
			return slices.DeleteFunc(all, func(f Finding) bool { return f.Code != row.code })
		}
		if got := ofCode(row.just); len(got) > 0 {
			t.Errorf("%s at the limit: %v", name, got)
		}
		if got := ofCode(row.over); len(got) != 1 || got[0].Severity != Error || got[0].Range.Line != row.line || got[0].Args["Count"] != row.count || got[0].Args["Most"] == "" {
			t.Errorf("%s over the limit: %v", name, got)
		}
	}
}

// What follows a text's last fit statement is not read: an instance before it goes on
// where such a text ran already.
func TestATextAboveTheBudgetIsReadUpToThere(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range MaxInstances + 3 {
		fmt.Fprintf(&text, "vrrp_instance a%d {\n interface eth0\n virtual_router_id 3\n}\n", i)
	}
	cfg, findings := Parse("x", []byte(text.String()), Facts{})
	if len(cfg.Instances) != MaxInstances || !Failed(findings) {
		t.Error(len(cfg.Instances), Failed(findings))
	}
}

func TestRoutersAreReadWithTheCommandsOfVirtualServers(t *testing.T) {
	t.Parallel()
	text := "virtual_server 10.0.0.1 80 {\n quorum_up /bin/up\n real_server 10.0.0.2 80 {\n  notify_up /bin/up\n  MISC_CHECK {\n   misc_path \"/bin/look 1\"\n  }\n }\n}\n" +
		"vrrp_instance a {\n interface eth0\n virtual_router_id 3\n notify /bin/own\n}\n"
	cfg, commands, findings := ParseRouters("x", text, "", Facts{})
	all, same := Parse("x", []byte(text), Facts{})
	if len(cfg.Virtuals) != 0 || len(all.Virtuals) != 1 || len(cfg.Instances) != 1 || len(findings) != len(same) {
		t.Error(cfg, findings, same)
	}
	var lines []string
	for _, c := range commands {
		lines = append(lines, c.Line)
	}
	slices.Sort(lines)
	if want := []string{"/bin/look 1", "/bin/up"}; !slices.Equal(lines, want) {
		t.Error(lines, want)
	}
}

func TestVirtualServersOfAnAcceptedTextAreNotReadAgain(t *testing.T) {
	server := func(port int, inside string) string {
		return fmt.Sprintf("virtual_server 192.0.2.1 %d {\n protocol TCP\n lb_algo rr\n lb_kind NAT\n%s real_server 10.0.0.1 80 {\n }\n}\n", port, inside)
	}
	const router = "vrrp_instance a {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n  192.0.2.1\n }\n}\n"
	accepted := server(1, "") + server(2, " sorry_server wrong 80\n") + router + server(3, "")
	failed := func(text, known string) (codes []string) {
		cfg, _, findings := ParseRouters("x", text, known, Facts{})
		if len(cfg.Instances) != 1 || len(cfg.Virtuals) != 0 {
			t.Errorf("%d instances and %d virtual servers", len(cfg.Instances), len(cfg.Virtuals))
		}
		for _, f := range findings {
			if f.Severity == Error {
				codes = append(codes, fmt.Sprint(f.Range.Line, ":", f.Code))
			}
		}
		return codes
	}
	if got := failed(accepted, ""); !slices.Equal(got, []string{"12:bad-address"}) {
		t.Errorf("a text of which nothing is known: %v", got)
	}
	if got := failed(accepted, accepted); got != nil {
		t.Errorf("a text that was accepted: %v", got)
	}
	changed := strings.Replace(accepted, "192.0.2.1 3", "192.0.2.x 3", 1)
	if got := failed(changed, accepted); !slices.Equal(got, []string{"23:bad-address"}) {
		t.Errorf("a text with one more error: %v", got)
	}
}
