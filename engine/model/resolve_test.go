package model

import (
	"os"
	"testing"
	"time"
)

// resolved parses and resolves a text that has to be free of errors.
func resolved(t *testing.T, text string) Config {
	t.Helper()
	c, findings := Parse("x", []byte(text), Facts{Node: "node1"})
	if Failed(findings) {
		t.Fatalf("findings: %v", findings)
	}
	return Resolve(c)
}

const seconds = Seconds(time.Second)

func wantVal[T comparable](t *testing.T, what string, o Opt[T], val T, written bool) {
	t.Helper()
	if o.Val != val || o.Written != written {
		t.Errorf("%s is %v (written %v), want %v (written %v)", what, o.Val, o.Written, val, written)
	}
}

func TestTutorialResolvesToWhatKeepalivedWouldRun(t *testing.T) {
	text, err := os.ReadFile("testdata/tutorial-node1.conf")
	if err != nil {
		t.Fatal(err)
	}
	c := resolved(t, string(text))
	in := c.Instances[0]
	wantVal(t, "priority", in.Priority, 100, true)
	wantVal(t, "weight of the tracked script", in.TrackScripts[0].Weight, Weight{N: -2}, false)
	if got := in.McastGroup.Val.String(); got != "224.18.0.10" {
		t.Errorf("group is %s", got)
	}
	if got := in.Addrs[0].String(); got != "172.16.1.100/32 dev eth0" {
		t.Errorf("address is %s", got)
	}
	v := c.Virtuals[0]
	if v.Name() != "tcp:172.16.1.100:80" || v.Method.Val != DR || v.Scheduler.Val != "wrr" {
		t.Errorf("virtual server is %s %s %s", v.Name(), v.Method.Val, v.Scheduler.Val)
	}
	check := v.Servers[1].Checks[0]
	if check.Name() != "HTTP_GET http://172.16.1.34:80/" {
		t.Errorf("check is %s", check.Name())
	}
	wantVal(t, "retry", check.Timing.Retry, 3, true)
	wantVal(t, "delay_loop", check.Timing.DelayLoop, 6*seconds, false)
	wantVal(t, "warmup", check.Timing.Warmup, 6*seconds, false)
	wantVal(t, "router_id", c.Global.RouterID, "node1.com", true)
	if s := c.Global.SMTPServer.Val; s.Port != 25 {
		t.Errorf("mail server is %v", s)
	}
}

func TestMasterWithoutPriorityIsTheOwner(t *testing.T) {
	c := resolved(t, "vrrp_instance M {\n state MASTER\n interface e\n virtual_router_id 1\n}\nvrrp_instance B {\n interface e\n virtual_router_id 2\n}\n")
	wantVal(t, "priority with state MASTER", c.Instances[0].Priority, 255, false)
	wantVal(t, "priority without", c.Instances[1].Priority, 100, false)
}

func TestPriority255StartsAsMaster(t *testing.T) {
	c := resolved(t, "vrrp_instance M {\n interface e\n virtual_router_id 1\n priority 255\n}\n")
	if !c.Instances[0].Master {
		t.Error("the owner starts as backup")
	}
}

func TestMasterForgetsNopreemptAndDelay(t *testing.T) {
	c := resolved(t, "vrrp_instance M {\n state MASTER\n interface e\n virtual_router_id 1\n priority 100\n nopreempt\n preempt_delay 5\n}\n")
	if c.Instances[0].NoPreempt || c.Instances[0].PreemptDelay.Val != 0 {
		t.Error("nopreempt or preempt_delay still hold")
	}
}

// Issues 1615 and 2546 of keepalived name such intervals.
func TestAdvertIntervalIsWholeSecondsInVersion2(t *testing.T) {
	for text, want := range map[string]Seconds{
		"1.5": 2 * seconds, "0.2": seconds, "3": 3 * seconds, "0.4": seconds, "0.01": seconds, "500ms": seconds, "300": seconds,
	} {
		c := resolved(t, "vrrp_instance M {\n interface e\n virtual_router_id 1\n advert_int "+text+"\n}\n")
		if got := c.Instances[0].Advert.Val; got != want {
			t.Errorf("advert_int %s is %s, want %s", text, got, want)
		}
	}
}

// keepalived leaves the address out with its label.
func TestAnAddressWhoseLabelIsTooLongIsHeldWithoutIt(t *testing.T) {
	c := resolved(t, "vrrp_instance M {\n interface e\n virtual_router_id 1\n virtual_ipaddress {\n 192.0.2.7/24 label eth0:seventeen-ch\n }\n}\n")
	if a := c.Instances[0].Addrs; len(a) != 1 || a[0].Label != "" || a[0].Prefix.String() != "192.0.2.7/24" {
		t.Errorf("%+v", a)
	}
}

func TestPasswordNeedsItsType(t *testing.T) {
	c := resolved(t, "vrrp_instance M {\n interface e\n virtual_router_id 1\n authentication { auth_type PASS auth_pass x }\n}\n")
	if in := c.Instances[0]; in.AuthType.Val != "" || in.Password.Val != "" {
		t.Error("half an authentication is in force")
	}
}

func TestGarpIsInheritedThenDefault(t *testing.T) {
	c := resolved(t, "global_defs {\n vrrp_garp_master_delay 2\n vrrp_garp_master_repeat 0\n}\nvrrp_instance M {\n interface e\n virtual_router_id 1\n garp_lower_prio_repeat 7\n}\n")
	g := c.Instances[0].Garp
	wantVal(t, "master delay", g.MasterDelay, 2*seconds, false)
	wantVal(t, "master repeat", g.MasterRepeat, 1, false)
	wantVal(t, "lower priority delay", g.LowerPrioDelay, 2*seconds, false)
	wantVal(t, "lower priority repeat", g.LowerPrioRepeat, 7, true)
	wantVal(t, "refresh repeat", g.MasterRefreshRepeat, 1, false)
}

func TestUnknownScriptsAndMembersAreLeftOut(t *testing.T) {
	c := resolved(t, `vrrp_script s {
 script /bin/true
}
vrrp_instance A {
 interface e
 virtual_router_id 1
 track_script {
  s
  t
 }
}
vrrp_sync_group one {
 group {
  A
  Z
 }
}
vrrp_sync_group two {
 group {
  A
 }
}
`)
	if got := c.Instances[0].TrackScripts; len(got) != 1 || got[0].Name != "s" {
		t.Errorf("tracks are %v", got)
	}
	if len(c.Groups) != 1 || len(c.Groups[0].Members) != 1 {
		t.Errorf("groups are %v", c.Groups)
	}
}

func TestWeightsCountForNothingInASyncGroup(t *testing.T) {
	c := resolved(t, `vrrp_script s {
 script /bin/true
 weight -2
}
vrrp_instance A {
 interface e
 virtual_router_id 1
 track_script {
  s
 }
 track_interface {
  e1
  e2 weight 3
 }
}
vrrp_sync_group one {
 group {
  A
 }
}
`)
	in := c.Instances[0]
	if len(in.TrackScripts) != 0 || len(in.TrackInterfaces) != 1 || in.TrackInterfaces[0].Name != "e1" {
		t.Errorf("tracks are %v and %v", in.TrackScripts, in.TrackInterfaces)
	}
}

func TestScriptUserIsInherited(t *testing.T) {
	c := resolved(t, "global_defs {\n script_user nobody daemon\n}\nvrrp_script a {\n script /bin/a\n}\nvrrp_script b {\n script /bin/b\n user root\n timeout 3\n}\n")
	wantVal(t, "user of a", c.Scripts[0].Command.User, User{"nobody", "daemon"}, false)
	wantVal(t, "user of b", c.Scripts[1].Command.User, User{"root", ""}, true)
	wantVal(t, "timeout of a", c.Scripts[0].Timeout, seconds, false)
	wantVal(t, "timeout of b", c.Scripts[1].Timeout, 3*seconds, true)
}

func TestEachCheckKindHasItsOwnDefaults(t *testing.T) {
	c := resolved(t, `virtual_server 10.0.0.1 80 {
 protocol TCP
 real_server 10.0.0.2 80 {
  TCP_CHECK {
  }
  HTTP_GET {
   url {
    path /
   }
  }
  MISC_CHECK {
   misc_path /bin/true
  }
  DNS_CHECK {
   delay_loop 7
  }
  SMTP_CHECK {
   connect_ip 10.0.0.3
   connect_port 25
  }
 }
}
`)
	checks := c.Virtuals[0].Servers[0].Checks
	for i, want := range []Timing{
		{Retry: Opt[int]{Val: 1}, DelayBeforeRetry: Opt[Seconds]{Val: seconds}},
		{Retry: Opt[int]{Val: 1}, DelayBeforeRetry: Opt[Seconds]{Val: 3 * seconds}},
		{Retry: Opt[int]{Val: 0}, DelayBeforeRetry: Opt[Seconds]{Val: seconds}},
		{Retry: Opt[int]{Val: 3}, DelayBeforeRetry: Opt[Seconds]{Val: 7 * seconds}},
		{Retry: Opt[int]{Val: 1}, DelayBeforeRetry: Opt[Seconds]{Val: seconds}},
	} {
		kind := string(checks[i].Kind)
		wantVal(t, "retry of "+kind, checks[i].Timing.Retry, want.Retry.Val, false)
		wantVal(t, "delay_before_retry of "+kind, checks[i].Timing.DelayBeforeRetry, want.DelayBeforeRetry.Val, false)
	}
	wantVal(t, "misc_timeout", checks[2].MiscTimeout, 60*seconds, false)
	wantVal(t, "warmup of DNS_CHECK", checks[3].Timing.Warmup, 7*seconds, false)
	if got := checks[4].Target; got.String() != "10.0.0.3 25" {
		t.Errorf("target is %s", got)
	}
	wantVal(t, "connect_timeout", checks[0].Timing.ConnectTimeout, 5*seconds, false)
}

func TestChecksInheritFromServerThenService(t *testing.T) {
	c := resolved(t, `virtual_server 10.0.0.1 80 {
 protocol TCP
 retry 5
 delay_loop 9
 virtualhost vs.example
 weight 7
 real_server 10.0.0.2 80 {
  retry 2
  MISC_CHECK {
   misc_path /bin/true
  }
  HTTP_GET {
   url {
    path /
   }
   url {
    path /b
    virtualhost url.example
   }
   virtualhost check.example
  }
  SSL_GET {
   url {
    path /
   }
  }
 }
}
`)
	r := c.Virtuals[0].Servers[0]
	wantVal(t, "retry", r.Checks[0].Timing.Retry, 2, false)
	wantVal(t, "delay_loop", r.Checks[0].Timing.DelayLoop, 9*seconds, false)
	wantVal(t, "weight", r.Weight, 7, false)
	wantVal(t, "host of url 1", r.Checks[1].URLs[0].VirtualHost, "check.example", false)
	wantVal(t, "host of url 2", r.Checks[1].URLs[1].VirtualHost, "url.example", true)
	wantVal(t, "host of the other check", r.Checks[2].URLs[0].VirtualHost, "vs.example", false)
}

func TestForwardingDecidesThePort(t *testing.T) {
	c := resolved(t, `virtual_server 10.0.0.1 80 {
 protocol TCP
 lb_kind DR
 sorry_server 127.0.0.1 8080
 real_server 10.0.0.2 8081 {
 }
 real_server 10.0.0.3 8081 {
  lvs_method NAT
 }
 real_server 10.0.0.4 {
  lvs_method NAT
 }
}
`)
	v := c.Virtuals[0]
	for i, want := range []string{"10.0.0.2:80", "10.0.0.3:8081", "10.0.0.4:80"} {
		if got := v.Servers[i].Name(); got != want {
			t.Errorf("server is %s, want %s", got, want)
		}
	}
	if v.Sorry.Val.Port != 80 {
		t.Errorf("sorry server is %s", v.Sorry.Val)
	}
}

func TestQuorumNeverExceedsTheWeights(t *testing.T) {
	c := resolved(t, "virtual_server 10.0.0.1 80 {\n quorum 9\n hysteresis 9\n real_server 10.0.0.2 80 {\n weight 3\n }\n}\n")
	v := c.Virtuals[0]
	if v.Quorum.Val != 3 || v.Hysteresis.Val != 2 {
		t.Errorf("quorum %d, hysteresis %d", v.Quorum.Val, v.Hysteresis.Val)
	}
	if v.Protocol.Val != UDP || v.Scheduler.Val != "wlc" || v.Method.Val != NAT {
		t.Errorf("%s %s %s", v.Protocol.Val, v.Scheduler.Val, v.Method.Val)
	}
}

func TestServiceWithoutServersIsLeftOut(t *testing.T) {
	if c := resolved(t, "virtual_server 10.0.0.1 80 {\n}\n"); len(c.Virtuals) != 0 {
		t.Error("it is still there")
	}
}

func TestMailDefaultsDifferByObject(t *testing.T) {
	text := "vrrp_instance M {\n interface e\n virtual_router_id 1\n}\nvirtual_server 10.0.0.1 80 {\n real_server 10.0.0.2 80 {\n }\n}\n"
	c := resolved(t, text)
	if c.Instances[0].SMTPAlert.Val || c.Virtuals[0].SMTPAlert.Val || !c.Virtuals[0].Servers[0].SMTPAlert.Val {
		t.Error("instance and quorum are silent, real servers are not")
	}
	c = resolved(t, "global_defs {\n smtp_alert\n smtp_alert_checker no\n}\n"+text)
	if !c.Instances[0].SMTPAlert.Val || c.Virtuals[0].SMTPAlert.Val || c.Virtuals[0].Servers[0].SMTPAlert.Val {
		t.Error("the global words do not hold")
	}
}

func TestResolveLeavesItsArgumentAlone(t *testing.T) {
	c := everything(t)
	before := Print(c)
	Resolve(c)
	if Print(c) != before {
		t.Error("the configuration as written has changed")
	}
}

func TestResolvedValuesAreNotWritten(t *testing.T) {
	c := everything(t)
	again, _ := Parse("x", []byte(Print(c)), Facts{})
	r := Resolve(again)
	r2 := Resolve(r)
	if Print(r) != Print(r2) {
		t.Error("a second Resolve changes what is written")
	}
}

func TestServiceForAllPortsOrWithAGranularityIsPersistent(t *testing.T) {
	const server = " protocol TCP\n real_server 192.0.2.2 80 {\n }\n}\n"
	for _, text := range []string{"virtual_server 192.0.2.1 {\n", "virtual_server 192.0.2.1 80 {\n persistence_granularity 255.255.255.0\n"} {
		wantVal(t, "persistence_timeout", resolved(t, text+server).Virtuals[0].Persistence, 360*seconds, false)
	}
	wantVal(t, "persistence_timeout", resolved(t, "virtual_server 192.0.2.1 80 {\n"+server).Virtuals[0].Persistence, 0, false)
}
