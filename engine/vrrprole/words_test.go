package vrrprole

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine"
	"holdfast/engine/control"
	"holdfast/engine/fifo"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/script"
	"holdfast/engine/vrrp"
)

// wordOf is what a text makes of its first instance: the router that decides by it.
func wordOf(t *testing.T, global, instance string) (*router, model.Config) {
	t.Helper()
	text := "global_defs {\n" + global + "\n}\nvrrp_script chk {\nscript /bin/true\n}\nvrrp_sync_group G {\ngroup {\nV\nW\n}\ntrack_interface {\neth5\n}\ntrack_script {\nchk\n}\n}\n" +
		"vrrp_instance V {\ninterface eth0\nvirtual_router_id 7\nvirtual_ipaddress {\n192.0.2.1\n}\n" + instance +
		"\n}\nvrrp_instance W {\ninterface eth0\nvirtual_router_id 8\nvirtual_ipaddress {\n192.0.2.2\n}\n}\n"
	c, findings := model.Parse("x", []byte(text), model.Facts{})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	c = model.Resolve(c)
	return newRouter(c.Instances[0], c.Global, &c.Groups[0]), c
}

// Each word changes what the router decides by; what that does is shown by the
// tests of the decision core.
func TestWordsReachTheRouterThatDecides(t *testing.T) {
	garp := func(r *router) string { return fmt.Sprintf("%+v", r.core.Garp) }
	tracks := func(name string) func(*router) string {
		return func(r *router) string {
			return fmt.Sprint(slices.ContainsFunc(r.core.Tracks, func(t vrrp.Track) bool { return t.Name == name }))
		}
	}
	link := func(r *router) string { return r.key.group.String() }
	drops := func(r *router) string {
		list := make([]string, len(r.drops))
		for i, d := range r.drops {
			list[i] = d.Addr.String()
		}
		return fmt.Sprint(list)
	}
	table := func(r *router) (s string) {
		for _, d := range r.drops {
			s += d.Table + "/" + d.Addr.String()
		}
		return s
	}
	for word, row := range map[string]struct {
		global, instance string
		got              func(*router) string
		want             string
	}{
		"global_defs.vrrp_garp_master_delay":          {"vrrp_garp_master_delay 2", "", garp, "{Repeat:5 Delay:2s LowerRepeat:5 LowerDelay:2s Refresh:0s RefreshRepeat:1}"},
		"global_defs.vrrp_garp_master_repeat":         {"vrrp_garp_master_repeat 2", "", garp, "{Repeat:2 Delay:5s LowerRepeat:2 LowerDelay:5s Refresh:0s RefreshRepeat:1}"},
		"global_defs.vrrp_garp_lower_prio_delay":      {"vrrp_garp_lower_prio_delay 2", "", garp, "{Repeat:5 Delay:5s LowerRepeat:5 LowerDelay:2s Refresh:0s RefreshRepeat:1}"},
		"global_defs.vrrp_garp_lower_prio_repeat":     {"vrrp_garp_lower_prio_repeat 2", "", garp, "{Repeat:5 Delay:5s LowerRepeat:2 LowerDelay:5s Refresh:0s RefreshRepeat:1}"},
		"global_defs.vrrp_garp_master_refresh":        {"vrrp_garp_master_refresh 9", "", garp, "{Repeat:5 Delay:5s LowerRepeat:5 LowerDelay:5s Refresh:9s RefreshRepeat:1}"},
		"global_defs.vrrp_garp_master_refresh_repeat": {"vrrp_garp_master_refresh_repeat 3", "", garp, "{Repeat:5 Delay:5s LowerRepeat:5 LowerDelay:5s Refresh:0s RefreshRepeat:3}"},
		"vrrp_instance.garp_master_delay":             {"vrrp_garp_master_delay 9", "garp_master_delay 2", garp, "{Repeat:5 Delay:2s LowerRepeat:5 LowerDelay:2s Refresh:0s RefreshRepeat:1}"},
		"vrrp_instance.garp_master_repeat":            {"", "garp_master_repeat 2", garp, "{Repeat:2 Delay:5s LowerRepeat:2 LowerDelay:5s Refresh:0s RefreshRepeat:1}"},
		"vrrp_instance.garp_lower_prio_delay":         {"", "garp_lower_prio_delay 2", garp, "{Repeat:5 Delay:5s LowerRepeat:5 LowerDelay:2s Refresh:0s RefreshRepeat:1}"},
		"vrrp_instance.garp_lower_prio_repeat":        {"", "garp_lower_prio_repeat 2", garp, "{Repeat:5 Delay:5s LowerRepeat:2 LowerDelay:5s Refresh:0s RefreshRepeat:1}"},
		"vrrp_instance.garp_master_refresh":           {"", "garp_master_refresh 9", garp, "{Repeat:5 Delay:5s LowerRepeat:5 LowerDelay:5s Refresh:9s RefreshRepeat:1}"},
		"vrrp_instance.garp_master_refresh_repeat":    {"", "garp_master_refresh_repeat 3", garp, "{Repeat:5 Delay:5s LowerRepeat:5 LowerDelay:5s Refresh:0s RefreshRepeat:3}"},
		"global_defs.vrrp_mcast_group4":               {"vrrp_mcast_group4 224.0.0.99", "", link, "224.0.0.99"},
		"vrrp_instance.mcast_dst_ip":                  {"vrrp_mcast_group4 224.0.0.99", "mcast_dst_ip 224.0.0.98", link, "224.0.0.98"},
		"vrrp_instance.down_timer_adverts":            {"", "down_timer_adverts 9", func(r *router) string { return fmt.Sprint(r.core.DownAdverts) }, "9"},
		"global_defs.vrrp_min_garp":                   {"vrrp_min_garp\nvrrp_garp_master_refresh 7", "", garp, "{Repeat:1 Delay:0s LowerRepeat:1 LowerDelay:0s Refresh:7s RefreshRepeat:1}"},
		"global_defs.vrrp_down_timer_adverts":         {"vrrp_down_timer_adverts 8", "", func(r *router) string { return fmt.Sprint(r.core.DownAdverts) }, "8"},
		"global_defs.vrrp_lower_prio_no_advert":       {"vrrp_lower_prio_no_advert", "", func(r *router) string { return fmt.Sprint(r.core.NoAnswer) }, "true"},
		"vrrp_instance.lower_prio_no_advert":          {"", "lower_prio_no_advert", func(r *router) string { return fmt.Sprint(r.core.NoAnswer) }, "true"},
		"global_defs.vrrp_owner_ignore_adverts":       {"vrrp_owner_ignore_adverts", "", func(r *router) string { return fmt.Sprint(r.core.Ignores) }, "true"},
		"vrrp_instance.owner_ignore_adverts":          {"", "owner_ignore_adverts", func(r *router) string { return fmt.Sprint(r.core.Ignores) }, "true"},
		"global_defs.vrrp_skip_check_adv_addr":        {"vrrp_skip_check_adv_addr", "", func(r *router) string { return fmt.Sprint(r.wire.Unlisted) }, "true"},
		"vrrp_instance.skip_check_adv_addr":           {"", "skip_check_adv_addr", func(r *router) string { return fmt.Sprint(r.wire.Unlisted) }, "true"},
		"global_defs.v3_checksum_as_v2":               {"v3_checksum_as_v2", "", func(r *router) string { return fmt.Sprint(r.wire.PlainSum) }, "true"},
		"vrrp_instance.v3_checksum_as_v2":             {"", "v3_checksum_as_v2", func(r *router) string { return fmt.Sprint(r.wire.PlainSum) }, "true"},
		"vrrp_instance.no_accept":                     {"", "no_accept", drops, "[192.0.2.1]"},
		"vrrp_instance.accept":                        {"", "strict_mode\nversion 3\naccept\nno_accept\naccept", drops, "[]"},
		"vrrp_instance.strict_mode drops":             {"", "strict_mode", drops, "[192.0.2.1]"},
		"global_defs.vrrp_strict":                     {"vrrp_strict", "", drops, "[192.0.2.1]"},
		"global_defs.nftables":                        {"nftables ha", "no_accept", table, "ha/192.0.2.1"},
		"vrrp_instance.old_unicast_checksum":          {"", "old_unicast_checksum", func(r *router) string { return fmt.Sprint(r.wire.OldSum, r.wire.NoOldSum) }, "true false"},
		"vrrp_instance.old_unicast_checksum never":    {"", "old_unicast_checksum never", func(r *router) string { return fmt.Sprint(r.wire.OldSum, r.wire.NoOldSum) }, "false true"},
		"vrrp_instance.strict_mode":                   {"", "strict_mode\ndown_timer_adverts 7", func(r *router) string { return fmt.Sprint(r.core.NoAnswer, r.core.Ignores, r.core.DownAdverts) }, "true true 3"},
		"global_defs.vrrp_higher_prio_send_advert":    {"vrrp_higher_prio_send_advert", "", func(r *router) string { return fmt.Sprint(r.core.LastAdvert) }, "true"},
		"vrrp_instance.higher_prio_send_advert":       {"", "higher_prio_send_advert", func(r *router) string { return fmt.Sprint(r.core.LastAdvert) }, "true"},
		"vrrp_instance.advert_int":                    {"", "advert_int 9", func(r *router) string { return r.core.Advert.String() }, "9s"},
		"vrrp_instance.state":                         {"", "state MASTER", func(r *router) string { return fmt.Sprint(r.core.Master) }, "true"},
		"vrrp_instance.priority":                      {"", "priority 9", func(r *router) string { return fmt.Sprint(r.core.Priority) }, "9"},
		"vrrp_instance.preempt_delay":                 {"", "preempt_delay 9", func(r *router) string { return r.core.PreemptDelay.String() }, "9s"},
		"vrrp_instance.virtual_router_id":             {"", "virtual_router_id 9", func(r *router) string { return fmt.Sprint(r.key.vrid, r.wire.VRID) }, "9 9"},
		"global_defs.smtp_alert":                      {"smtp_alert", "", func(r *router) string { return fmt.Sprint(r.cfg.SMTPAlert.Val) }, "true"},
		"vrrp_instance.track_interface":               {"", "track_interface {\neth9\n}", tracks("eth9"), "true"},
		"vrrp_instance.track_script":                  {"", "track_script {\nchk\n}", tracks("chk"), "true"},
		"vrrp_sync_group.track_interface":             {"", "", tracks("eth5"), "true"},
		"vrrp_sync_group.track_script":                {"", "", tracks("chk"), "true"},
		"vrrp_instance.dont_track_primary":            {"", "dont_track_primary", tracks("eth0"), "false"},
		"vrrp_instance.preempt":                       {"", "nopreempt\npreempt", func(r *router) string { return fmt.Sprint(r.core.NoPreempt) }, "false"},
		"vrrp_instance.nopreempt":                     {"", "nopreempt", func(r *router) string { return fmt.Sprint(r.core.NoPreempt) }, "true"},
		"vrrp_instance.virtual_ipaddress_excluded":    {"", "virtual_ipaddress_excluded {\n192.0.2.9\n}", func(r *router) string { return fmt.Sprint(len(r.addrs), len(r.wire.Addrs)) }, "2 1"},
		"vrrp_instance.authentication":                {"", "authentication {\nauth_type PASS\nauth_pass x\n}", func(r *router) string { return fmt.Sprint(r.wire.AuthType == vrrp.AuthPass) }, "true"},
		"global_defs.smtp_alert_vrrp":                 {"smtp_alert_vrrp", "", func(r *router) string { return fmt.Sprint(r.cfg.SMTPAlert.Val) }, "true"},
	} {
		t.Run(word, func(t *testing.T) {
			r, _ := wordOf(t, row.global, row.instance)
			if got := row.got(r); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
			plain, _ := wordOf(t, "", "")
			if row.got(plain) == row.want && word != "vrrp_instance.preempt" && word != "vrrp_instance.accept" && row.instance+row.global != "" && word != "vrrp_instance.track_script" {
				t.Errorf("without the word it is %s, too", row.want)
			}
		})
	}
}

// What rise, fall and init_fail do to the verdict is shown by the decision core.
func TestWordsReachTheScriptThatIsTracked(t *testing.T) {
	rule := func(_ model.Global, s *trackScript) string { return fmt.Sprintf("%+v", s.rule) }
	for word, row := range map[string]struct {
		line string
		got  func(model.Global, *trackScript) string
		want string
	}{
		"vrrp_script.rise":      {"rise 7", rule, "{Rise:7 Fall:1 InitFail:false}"},
		"vrrp_script.fall":      {"fall 7", rule, "{Rise:1 Fall:7 InitFail:false}"},
		"vrrp_script.init_fail": {"init_fail", rule, "{Rise:1 Fall:1 InitFail:true}"},
		"vrrp_script.interval":  {"interval 7", func(_ model.Global, s *trackScript) string { return scriptInterval(s.cfg).String() }, "7s"},
		"vrrp_script.timeout":   {"timeout 7", func(g model.Global, s *trackScript) string { return trackJob(g, s.cfg).Timeout.String() }, "7s"},
		"vrrp_script.user":      {"user daemon", func(g model.Global, s *trackScript) string { return trackJob(g, s.cfg).User }, "daemon"},
	} {
		t.Run(word, func(t *testing.T) {
			read := func(line string) string {
				c, findings := model.Parse("x", []byte("vrrp_script chk {\nscript /bin/true\n"+line+"\n}\n"), model.Facts{})
				if model.Failed(findings) {
					t.Fatal(findings)
				}
				c = model.Resolve(c)
				return row.got(c.Global, newTrackScript(c.Scripts[0], script.Job{}, time.Now()))
			}
			if got := read(row.line); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
			if read("") == row.want {
				t.Errorf("without the word it is %s, too", row.want)
			}
		})
	}
}

func TestScriptSecurityReachesEveryScript(t *testing.T) {
	_, c := wordOf(t, "enable_script_security\nscript_user nobody", "notify /bin/true")
	c.Scripts[0].Command.User = model.Some(model.User{Name: "daemon"}) // vrrp_script's user
	if job := jobOf(c.Global, c.Scripts[0].Command, 0); job.User != "daemon" {
		t.Errorf("%+v", job)
	}
	if job := jobOf(c.Global, c.Instances[0].Notify.General, 0); !job.Secure || job.User != "nobody" {
		t.Errorf("%+v", job)
	}
}

// That a master acts at all on an advert of lower priority is shown by the tests
// of the decision core.
func TestAnAdvertOfLowerPriorityRunsItsScript(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	_, c := wordOf(t, "script_user root", "notify_master_rx_lower_pri \"/usr/bin/touch "+out+"\"")
	n := notifier{queue: script.NewQueue(t.Context(), notifyPatience, script.Run), unrun: engine.NewUnrun(func(journal.Entry) {}), fifos: fifo.New(nil, "", script.Run, nil)}
	n.lower(c.Global, c.Instances[0], 100)
	if !n.queue.Wait(10 * time.Second) {
		t.Fatal("the script did not end")
	}
	if _, err := os.Stat(out); err != nil {
		t.Error(err)
	}
}

func TestAGroupAndItsMemberTellEveryChange(t *testing.T) {
	l := newLab(t)
	a := l.nodes["a"]
	out, good := filepath.Join(a.dir, "out"), filepath.Join(a.dir, "good")
	run := filepath.Join(a.dir, "notify.sh")
	for file, text := range map[string]string{run: "#!/bin/sh\necho \"$@\" >> " + out + "\n", good: ""} {
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	words := func(who string) string {
		text := ""
		for _, w := range []string{"notify_master", "notify_backup", "notify_fault", "notify_stop"} {
			text += fmt.Sprintf("%s \"%s %s-%s\"\n", w, run, who, w)
		}
		return text + "notify " + run + "\n"
	}
	a.start("global_defs {\n    script_user root\n}\nvrrp_script chk {\nscript \"/usr/bin/test -e " + good + "\"\ninterval 1\n}\n" +
		"vrrp_sync_group VG {\ngroup {\nVI_1\n}\n" + words("group") + "}\n" + conf("MASTER", 100, "track_script {\nchk\n}", words("member")))
	a.becomes("MASTER", 15*time.Second)
	if err := os.Remove(good); err != nil {
		t.Fatal(err)
	}
	a.becomes("FAULT", 10*time.Second)
	a.signal(syscall.SIGTERM)
	text, _ := os.ReadFile(out)
	lines := strings.Split(string(text), "\n")
	for _, who := range []string{"group", "member"} {
		for _, w := range []string{"notify_master", "notify_backup", "notify_fault", "notify_stop"} {
			if !slices.Contains(lines, who+"-"+w) {
				t.Errorf("no %s-%s in %q\n%s", who, w, text, a.log.String())
			}
		}
	}
	if !strings.Contains(string(text), "GROUP VG FAULT") {
		t.Errorf("the group's notify did not run: %q", text)
	}
}

func TestAGroupIsMailedOnlyWhereItsSmtpAlertIsInForce(t *testing.T) {
	for _, loud := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			cfg := configOf(instance("VI_1", 51, 100, vip))
			cfg.Groups = []model.Group{{Name: "VG", Members: []string{"VI_1"}, SMTPAlert: model.Some(loud)}}
			a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), cfg)
			time.Sleep(5 * time.Second)
			a.mu.Lock()
			told := 0
			for _, e := range a.entries {
				if e.Kind == journal.GroupState {
					told++
					if e.Mail != loud {
						t.Errorf("vrrp_sync_group smtp_alert %v: mail %v", loud, e.Mail)
					}
				}
			}
			a.mu.Unlock()
			if told == 0 {
				t.Error("nothing is told of the group")
			}
			a.stop(control.Release)
		})
	}
}

func TestARouterSpeaksFromItsMcastSrcIp(t *testing.T) {
	for word, want := range map[string]string{"": "192.0.2.5", "mcast_src_ip 192.0.2.6": "192.0.2.6", "mcast_src_ip 192.0.2.7": "invalid IP"} {
		r, _ := wordOf(t, "", word)
		link := kernel.Link{Name: "eth0", Addrs: []netip.Prefix{netip.MustParsePrefix("192.0.2.5/24"), netip.MustParsePrefix("192.0.2.6/24")}}
		if got := sourceOn(r, link, nil).String(); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}
