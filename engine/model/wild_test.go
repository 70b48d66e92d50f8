package model

import (
	"strings"
	"testing"
)

// The texts of this file hold one slip each that operators make in files they
// have published; what keepalived makes of each was seen with 2.2.7.

// reads gives a text its meaning on the host of the findings.
func reads(t *testing.T, text string) (Config, []Finding) {
	t.Helper()
	return Parse("keepalived.conf", []byte(text), host)
}

// finds wants a code at a line.
func finds(t *testing.T, findings []Finding, code string, line int) {
	t.Helper()
	for _, f := range findings {
		if f.Code == code && f.Range.Line == line {
			return
		}
	}
	t.Errorf("no %s at line %d in %v", code, line, findings)
}

func TestNopreemptIsOnWhateverStandsAfterIt(t *testing.T) {
	for value, code := range map[string]string{"1": "surplus-words", "FALSE": "flag-with-value", "no": "flag-with-value"} {
		c, findings := reads(t, instance("A", 1, "nopreempt "+value))
		finds(t, findings, code, 7)
		if !c.Instances[0].NoPreempt {
			t.Errorf("nopreempt %s is off", value)
		}
	}
}

func TestScriptSecurityIsOnAlsoWithZero(t *testing.T) {
	c, findings := reads(t, "global_defs {\n enable_script_security 0\n}\n")
	finds(t, findings, "flag-with-value", 2)
	if !c.Global.ScriptSecurity {
		t.Error("it is off")
	}
}

func TestPriorityThatIsNoNumberIsHundredAlsoForAMaster(t *testing.T) {
	c, findings := reads(t, instance("A", 1, "state MASTER", "priority PRIORITY"))
	finds(t, findings, "bad-number", 8)
	if p := Resolve(c).Instances[0].Priority.Val; p != 100 {
		t.Errorf("the priority is %d", p)
	}
}

func TestArpRefreshMayBeLongerThanAnHour(t *testing.T) {
	c, findings := reads(t, instance("A", 1, "garp_master_refresh 14400"))
	if got := c.Instances[0].Garp.MasterRefresh.Val.String(); got != "14400" || Failed(findings) {
		t.Errorf("it is %s, %v", got, findings)
	}
}

func TestNameWithoutDefinitionIsNamedAsSuch(t *testing.T) {
	_, findings := reads(t, "vrrp_instance A {\n interface $LAN_IF\n virtual_router_id ${VRID}\n virtual_ipaddress {\n  ${VIP}/24 dev eth0\n }\n}\n")
	for _, line := range []int{2, 3, 5} {
		finds(t, findings, "undefined-name", line)
	}
	for _, f := range findings {
		switch f.Code {
		case "missing-interface", "bad-number", "bad-address":
			t.Errorf("%s %v beside it", f.Code, f.Args)
		}
	}
}

func TestBracesThatAddUpAreBelievedWhereTheWordsAgree(t *testing.T) {
	const text = `vrrp_instance A {
    interface eth0
    virtual_router_id 1
    authentication {
    auth_type PASS
    auth_pass 1111
}
virtual_ipaddress {
    192.0.2.77
    }
}
`
	_, findings := reads(t, text)
	for _, f := range findings {
		if f.Severity > Note {
			t.Errorf("line %d: %s %v", f.Range.Line, f.Code, f.Args)
		}
	}
	if tree := Tree("x", []byte(text), host); len(tree.Nodes) != 1 || len(tree.Nodes[0].Block.Nodes) != 4 {
		t.Errorf("the tree has %d nodes", len(tree.Nodes))
	}
}

func TestBracesThatAddUpAreDoubtedWhereTheWordsDisagree(t *testing.T) {
	c, findings := reads(t, script+`vrrp_instance A {
  interface eth0
  virtual_router_id 1
  virtual_ipaddress {
    192.0.2.77
  track_script {
    s
  }
  }
}
`)
	finds(t, findings, "missing-brace", 8)
	if in := c.Instances[0]; len(in.Addrs) != 1 || len(in.TrackScripts) != 1 {
		t.Errorf("%+v", in)
	}
}

func TestAWordBehindAMissingBraceBelongsInTheBlockAround(t *testing.T) {
	_, findings := reads(t, "vrrp_instance A {\n interface eth0\n virtual_router_id 1\n authentication {\n auth_type PASS\n track_script {\n s\n }\n}\n")
	for _, f := range findings {
		if f.Code == "misplaced-word" && f.Args["Word"] == "track_script" {
			if f.Args["Elsewhere"] != "vrrp_instance" {
				t.Errorf("it belongs in %s", f.Args["Elsewhere"])
			}
			return
		}
	}
	t.Errorf("not found: %v", findings)
}

func TestUndefinedNameInBracesIsAnError(t *testing.T) {
	_, findings := reads(t, instance("A", 1, "priority ${PRIORITY}"))
	finds(t, findings, "undefined-name", 7)
	if !Failed(findings) {
		t.Error("keepalived reads the brace as that of a block")
	}
}

func TestExportOfAServerGroupHasOnlyWordsThatAreKnown(t *testing.T) {
	c, findings := reads(t, `virtual_server group G {
    lb_kind FNAT
    laddr_group_name L
    real_server 192.0.2.2 80 {
        TCP_CHECK {
            nb_sock_retry 2
            connect_port 80
        }
    }
}
`)
	finds(t, findings, "unknown-value", 2)
	finds(t, findings, "unknown-word", 6)
	if text := Print(c); strings.Contains(text, "laddr") || strings.Contains(text, "nb_sock") || !strings.Contains(text, "connect_port 80") {
		t.Error(text)
	}
}

func TestKeptWordWithoutItsValueIsNotExported(t *testing.T) {
	c, findings := reads(t, instance("A", 1, "unicast_src_ip"))
	finds(t, findings, "missing-value", 7)
	if text := Print(c); strings.Contains(text, "unicast_src_ip") {
		t.Error(text)
	}
}

func TestUndefinedNameInBracesIsFoundInsideAWord(t *testing.T) {
	_, findings := reads(t, "global_defs {\n router_id lb-${NODE}\n}\n")
	finds(t, findings, "undefined-name", 2)
}

func TestTemplateIsNamedOnceForEachLine(t *testing.T) {
	text := "vrrp_instance A {\n interface {{ nic }}\n virtual_router_id ${VRID:-51}\n virtual_ipaddress {\n{% for v in vips %}\n {{ v }}/24\n{% endfor %}\n }\n # {{ no }}\n notify_master \"/bin/true {{ no }}\"\n}\n"
	_, findings := reads(t, text)
	for _, line := range []int{2, 3, 5, 6, 7} {
		finds(t, findings, "template", line)
	}
	for _, f := range findings {
		if f.Code != "template" && f.Range.Line != 1 && f.Severity > Note {
			t.Errorf("line %d: %s %v", f.Range.Line, f.Code, f.Args)
		}
	}
}

func TestLineOfATemplateIsNotOneOfANode(t *testing.T) {
	_, findings := reads(t, "vrrp_instance A {\n interface eth0\n virtual_router_id 51\n virtual_ipaddress {\n  @VIP@\n  @lb1 192.0.2.1\n }\n}\n")
	finds(t, findings, "template-mark", 5)
	for _, f := range findings {
		if f.Code == "template-mark" && f.Range.Line != 5 {
			t.Error(f)
		}
	}
}

func TestBackupAfterMasterHasNoEffect(t *testing.T) {
	c, findings := reads(t, instance("A", 1, "state MASTER", "state BACKUP"))
	finds(t, findings, "state-stays", 8)
	if !c.Instances[0].Master {
		t.Error("it begins as backup")
	}
	if c, _ := reads(t, instance("A", 1, "state BACKUP", "state MASTER")); !c.Instances[0].Master {
		t.Error("the last one does not count")
	}
}

func TestWhatAnInstanceCannotDoWithoutIsSaidOnce(t *testing.T) {
	_, findings := reads(t, "vrrp_instance A {\n interface eth0\n virtual_router_id 300\n virtual_ipaddress {\n  VIP\n }\n}\n")
	var codes []string
	for _, f := range findings {
		codes = append(codes, f.Severity.String()+" "+f.Code)
	}
	if got := strings.Join(codes, ", "); got != "error out-of-range, error bad-address" {
		t.Error(got)
	}
}

func TestSlashesAndMarksOfAMergeAreNamed(t *testing.T) {
	_, findings := reads(t, "<<<<<<< HEAD\n=======\n>>>>>>> b\nvrrp_instance A { // the first\n interface eth0 // here\n}\n")
	for line, code := range map[int]string{1: "merge-mark", 2: "merge-mark", 3: "merge-mark", 4: "slashes-no-comment", 5: "slashes-no-comment"} {
		finds(t, findings, code, line)
	}
}

func TestProgramThatIsMissingIsSaidOnce(t *testing.T) {
	_, findings := Parse("x", []byte(instance("A", 1, "notify_master /absent", "notify_backup /absent")), observed())
	n := 0
	for _, f := range findings {
		if f.Code == "script-missing" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d times", n)
	}
}

func TestPortZeroMeansThatOfTheService(t *testing.T) {
	c, findings := reads(t, strings.ReplaceAll(service("sorry_server 192.0.2.9 0", checked), "192.0.2.33 80", "192.0.2.33 0"))
	if Failed(findings) || len(c.Virtuals[0].Servers) != 1 {
		t.Fatal(findings)
	}
	if v := Resolve(c).Virtuals[0]; v.Servers[0].Port != 80 || v.Sorry.Val.Port != 80 {
		t.Errorf("%+v", v)
	}
}

func TestPortsThatCannotHoldAreToldForSorryServersAndWholeHosts(t *testing.T) {
	_, findings := reads(t, service("sorry_server 192.0.2.9 81", checked))
	finds(t, findings, "port-forced", 6)
	_, findings = reads(t, strings.Replace(service("persistence_timeout 50", checked), "192.0.2.100 80", "192.0.2.100", 1))
	finds(t, findings, "port-forced", 7)
}

func TestOneMistakeOfAGeneratorIsToldThreeTimesAtMost(t *testing.T) {
	_, findings := reads(t, "~SEQ(I, 9) vrrp_script s$I { x$I }\n")
	n := 0
	for _, f := range findings {
		if f.Code == "unknown-word" {
			n++
		}
	}
	if n != 3 {
		t.Errorf("%d times", n)
	}
}

func TestListWithoutAGoodLineIsLikeNone(t *testing.T) {
	c, _ := reads(t, strings.Replace(instance("A", 1), "192.0.2.77", "VIP", 1))
	if form, err := JSON(c); err != nil || strings.Contains(string(form), "virtual_ipaddress") {
		t.Errorf("%v %s", err, form)
	}
}
