package lvsrole

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/journal"
)

const clientFiles = "../probe/testdata/client/"

func TestFilesOfSSLThatCannotBeReadAreToldUntilAnApplyMendsThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		text := "SSL {\ncertificate " + clientFiles + "client.pem\nkey " + clientFiles + "%s\n}\n" + tutorial("")
		p := w.boot(configOf(t, fmt.Sprintf(text, "absent.key")), w.options())
		defer p.crash()
		held := func() string {
			for _, h := range p.status().Held {
				if h.Code == code.NoCredentials {
					return h.Args["reason"]
				}
			}
			return ""
		}
		if got := held(); !strings.Contains(got, "no such file") {
			t.Errorf("the status says %q", got)
		}
		p.apply(configOf(t, fmt.Sprintf(text, "absent.key"))) // told once
		p.apply(configOf(t, fmt.Sprintf(text, "plain.key")))
		if got := held(); got != "" {
			t.Errorf("the status still says %q", got)
		}
		for _, kind := range []journal.Kind{journal.Held, journal.Unheld} {
			told := 0
			for _, e := range w.told(kind) {
				if e.Facts[journal.FactCode] == code.NoCredentials {
					told++
				}
			}
			if told != 1 {
				t.Errorf("the journal has it %d times as %s", told, kind)
			}
		}
	})
}

func TestTheRunningTextSaysWhichCertificateIsShown(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	s.StartTLS()
	defer s.Close()
	service := strings.ReplaceAll(sharers(1, 1, "", "SSL_GET {\nconnect_ip 127.0.0.1\nconnect_port "+s.Listener.Addr().String()[len("127.0.0.1:"):]+"\nwarmup 0\nretry 0\nurl {\npath /\nstatus_code 200\n}\n}"), "delay_loop 6", "delay_loop 0.1")
	w := newWorld(t)
	opt := w.options()
	opt.Probe = nil
	p := w.boot(configOf(t, service), opt)
	defer p.crash()
	for _, row := range []struct {
		text string
		up   bool
	}{{service, false}, {"SSL {\ncertificate " + clientFiles + "client.pem\nkey " + clientFiles + "plain.key\n}\n" + service, true}} {
		p.apply(configOf(t, row.text))
		for c := p.status().Virtuals[0].Servers[0].Checks[0]; !c.Known || c.Up != row.up; c = p.status().Virtuals[0].Servers[0].Checks[0] {
			if t.Context().Err() != nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}
