package lvsrole

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// wordOf is what a text makes of its virtual server, with lines in it, in its
// only real server and in that one's check.
func wordOf(t *testing.T, global, virtual, server, kind, check string) lvs.Virtual {
	t.Helper()
	c := configOf(t, "global_defs {\n"+global+"\n}\nvirtual_server 192.0.2.1 80 {\nsorry_server 192.0.2.9 80\n"+virtual+
		"\nreal_server 192.0.2.3 80 {\n"+server+"\n"+kind+" {\n"+check+"\n}\n}\n}\n")
	return lvs.Virtual{Virtual: &c.Virtuals[0]}
}

// Each word changes what the virtual server, its server or its check decides by;
// what that does is shown by the tests of the decision core.
func TestWordsReachTheServiceAndItsChecks(t *testing.T) {
	wish := func(v lvs.Virtual) plan.Service {
		s, _ := v.Step(v.Begin(), lvs.Began{})
		return v.Want(s)
	}
	failed := func(v lvs.Virtual) plan.Service {
		s, _ := v.Step(v.Begin(), lvs.Began{})
		s, _ = v.Step(s, lvs.Observed{})
		return v.Want(s)
	}
	timing := func(v lvs.Virtual) model.Timing { return v.Servers[0].Checks[0].Timing }
	loop := func(v lvs.Virtual) string { return lvs.Health{Up: true}.Wait(timing(v)).String() }
	pace := func(v lvs.Virtual) string { return lvs.Health{Up: true, Failures: 1}.Wait(timing(v)).String() }
	policy := func(v lvs.Virtual) string { return fmt.Sprintf("%+v", lvs.PolicyOf(&v.Servers[0].Checks[0])) }
	first := func(v lvs.Virtual) string { return fmt.Sprintf("%+v", wish(v).Destinations[0]) }
	type row struct {
		global, virtual, server, check string
		got                            func(lvs.Virtual) string
		want                           string
	}
	const patient, alpha = "{Retry:7 Patient:false Alpha:false}", "{Retry:1 Patient:false Alpha:true}"
	for word, r := range map[string]row{
		"virtual_server.protocol": {virtual: "protocol TCP", got: func(v lvs.Virtual) string { return fmt.Sprint(v.Key().Protocol) }, want: "6"},
		"virtual_server.lvs_method": {virtual: "lvs_method TUN", got: func(v lvs.Virtual) string { return fmt.Sprint(wish(v).Destinations[0].Method) },
			want: fmt.Sprint(plan.Tunnel)},
		"virtual_server.weight": {virtual: "weight 7", got: func(v lvs.Virtual) string { return fmt.Sprint(wish(v).Destinations[0].Weight) }, want: "7"},
		"virtual_server.sorry_server_lvs_method": {virtual: "sorry_server_lvs_method TUN",
			got: func(v lvs.Virtual) string { return fmt.Sprintf("%+v", failed(v).Destinations) }, want: "[{Addr:192.0.2.9 Port:80 Method:2 Wrap:{Kind:0 Sum:0 Port:0} Weight:1 Upper:0 Lower:0}]"},
		"virtual_server.inhibit_on_failure": {virtual: "inhibit_on_failure", got: func(v lvs.Virtual) string { return fmt.Sprint(len(failed(v).Destinations)) }, want: "2"},
		"virtual_server.alpha":              {virtual: "alpha", got: first, want: "{Addr:192.0.2.9 Port:80 Method:0 Wrap:{Kind:0 Sum:0 Port:0} Weight:1 Upper:0 Lower:0}"},
		"real_server.alpha":                 {server: "alpha", got: policy, want: alpha},
		"check.alpha":                       {check: "alpha", got: policy, want: alpha},
		"virtual_server.retry":              {virtual: "retry 7", got: policy, want: patient},
		"real_server.retry":                 {virtual: "retry 8", server: "retry 7", got: policy, want: patient},
		"check.retry":                       {server: "retry 8", check: "retry 7", got: policy, want: patient},
		"virtual_server.delay_loop":         {virtual: "delay_loop 7", got: loop, want: "7s"},
		"real_server.delay_loop":            {virtual: "delay_loop 8", server: "delay_loop 7", got: loop, want: "7s"},
		"check.delay_loop":                  {server: "delay_loop 8", check: "delay_loop 7", got: loop, want: "7s"},
		"virtual_server.delay_before_retry": {virtual: "delay_before_retry 7", got: pace, want: "7s"},
		"real_server.delay_before_retry":    {virtual: "delay_before_retry 8", server: "delay_before_retry 7", got: pace, want: "7s"},
		"check.delay_before_retry":          {server: "delay_before_retry 8", check: "delay_before_retry 7", got: pace, want: "7s"},
		"global_defs.smtp_alert_checker":    {global: "smtp_alert_checker no", got: mailsOf, want: "false"},
		"real_server.smtp_alert":            {server: "smtp_alert no", got: mailsOf, want: "false"},
	} {
		t.Run(word, func(t *testing.T) {
			if got := r.got(wordOf(t, r.global, r.virtual, r.server, "TCP_CHECK", r.check)); got != r.want {
				t.Errorf("%s, want %s", got, r.want)
			}
			if r.got(wordOf(t, "", "", "", "TCP_CHECK", "")) == r.want {
				t.Errorf("without the word it is %s, too", r.want)
			}
		})
	}
}

// mailsOf says whether changes of the server are mailed.
func mailsOf(v lvs.Virtual) string { return fmt.Sprint(v.Servers[0].SMTPAlert.Val) }

func TestWarmupAtEachLevelSpreadsTheFirstRuns(t *testing.T) {
	for _, row := range []struct {
		virtual, server, check string
		at                     time.Duration // of the first run, where nothing is spread
	}{
		{"warmup 0", "", "", startTime}, {"warmup 5", "warmup 0", "", startTime}, {"", "warmup 5", "warmup 0", startTime}, {"delay_loop 9", "", "", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			start := time.Now()
			p := w.boot(model.Config{Virtuals: []model.Virtual{*wordOf(t, "", "protocol TCP\n"+row.virtual, row.server, "TCP_CHECK", row.check).Virtual}}, w.options())
			defer p.crash()
			time.Sleep(20 * time.Second)
			synctest.Wait()
			w.mu.Lock()
			defer w.mu.Unlock()
			if len(w.probed) == 0 {
				t.Fatal("nothing was asked")
			}
			// Where it is spread, the place of the check decides: it is not the first instant.
			at := w.probed[0].at.Sub(start)
			if late := at - startTime; (late >= 0 && late <= wheelTick) != (row.at == startTime) {
				t.Errorf("%+v: the first run is after %v", row, at)
			}
		})
	}
}
