package lvsrole

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/probe"
	"holdfast/engine/script"
)

func TestWhereAServersCheckConnects(t *testing.T) {
	c, findings := model.Parse("x", []byte(`global_defs {
smtp_alert_checker no
}
virtual_server 192.0.2.1 80 {
    protocol TCP
    real_server 192.0.2.3 80 {
        TCP_CHECK {
            connect_ip 192.0.2.9
            connect_port 81
        }
    }
}
`), model.Facts{})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	server := model.Resolve(c).Virtuals[0].Servers[0]
	if got := server.Checks[0].Target.String(); got != "192.0.2.9 81" {
		t.Errorf("the check asks %s", got)
	}
	if server.SMTPAlert.Val {
		t.Error("the server sends mails")
	}
}

func TestEachHostOfAnSMTPCheckIsACheckOfTheServer(t *testing.T) {
	const first, second = "host {\nconnect_ip 192.0.2.9\nconnect_port 26\nbindto 192.0.2.8\nretry 5\n}\n", "host {\nconnect_timeout 7\nalpha\n}\n"
	for text, want := range map[string]string{
		"":                                   "192.0.2.3 25 5 retry 1 alpha false from invalid IP",
		"helo_name h\n" + first:              "192.0.2.9 26 5 retry 5 alpha false from 192.0.2.8",
		"connect_port 27\nretry 2\n" + first: "192.0.2.3 27 5 retry 5 alpha false from invalid IP, 192.0.2.9 26 5 retry 5 alpha false from 192.0.2.8",
		first + second:                       "192.0.2.9 26 5 retry 5 alpha true from 192.0.2.8, 192.0.2.3 25 7 retry 5 alpha true from invalid IP",
	} {
		c := configOf(t, "virtual_server 192.0.2.1 25 {\nprotocol TCP\nreal_server 192.0.2.3 25 {\nSMTP_CHECK {\n"+text+"}\n}\n}\n")
		var checks []string
		for _, k := range c.Virtuals[0].Servers[0].Checks {
			checks = append(checks, fmt.Sprintf("%s %s retry %d alpha %t from %s", k.Target, k.Timing.ConnectTimeout.Val, k.Timing.Retry.Val, k.Alpha.Val, k.BindTo.Val))
		}
		if got := strings.Join(checks, ", "); got != want {
			t.Errorf("%q\nasks %s\nwant %s", text, got, want)
		}
	}
}

func TestAMiscCheckRunsAsItsUser(t *testing.T) {
	c, findings := model.Parse("x", []byte(`virtual_server 192.0.2.1 80 {
    protocol TCP
    real_server 192.0.2.3 80 {
        MISC_CHECK {
            misc_path /usr/bin/true
            user nobody
        }
    }
}
`), model.Facts{})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	check := model.Resolve(c).Virtuals[0].Servers[0].Checks[0]
	if check.Command.User.Val.Name != "nobody" {
		t.Fatalf("%+v", check.Command)
	}
	dir := t.TempDir() // of root alone
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for user, up := range map[string]bool{"nobody": false, "root": true} {
		check.Command.Argv = []string{"/usr/bin/test", "-r", dir}
		check.Command.User = model.Some(model.User{Name: user})
		if got := prober(c.Global, script.Run, probe.Credentials{})(t.Context(), check); got.Up != up {
			t.Errorf("as %s: %+v", user, got)
		}
	}
}

// keepalived mails each change of a check, but for no_checker_emails.
func TestASecondCheckThatFailsOrComesBackIsNotMailed(t *testing.T) {
	for _, word := range []string{"", "no_checker_emails"} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			p := w.boot(configOf(t, "global_defs {\n"+word+"\n}\nvirtual_server 192.0.2.1 80 {\nprotocol TCP\ndelay_loop 1\nreal_server 192.0.2.3 80 {\nTCP_CHECK {\nretry 0\n}\nTCP_CHECK {\nretry 0\nconnect_port 81\n}\n}\n}\n"), w.options())
			defer p.crash()
			for _, step := range []map[string]probe.Result{{}, {"192.0.2.3:80": {}}, {"192.0.2.3:80": {}, "192.0.2.3:81": {}}, {"192.0.2.3:81": {}}, {}} {
				w.mu.Lock()
				w.broken = step
				w.mu.Unlock()
				time.Sleep(time.Minute)
			}
			synctest.Wait()
			var told []string
			for _, e := range w.told(journal.ServerState) {
				told = append(told, fmt.Sprint(e.Facts[journal.FactTo], " ", e.Mail))
			}
			if got := strings.Join(told, ", "); got != "DOWN true, UP true" {
				t.Errorf("%q: told is %s", word, got)
			}
		})
	}
}
