package mails

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/server/mail"
	"holdfast/test/lab"
)

const (
	high   = 150
	low    = 100
	advert = time.Second
	late   = 50 * time.Millisecond
)

var (
	skew       = time.Duration(256-low) * time.Second / 256
	masterDown = 3*advert + skew
)

// world is a director with a console and one without, a web server that both
// check, and the mail server of the house.
type world struct {
	*testing.T
	lab          *lab.Lab
	d1, d2       *lab.Node
	node1, node2 *lab.Director
	web          *lab.Web
	sink         *lab.Sink
	wire         *lab.Wire
}

// config is the text of both nodes. Everything that can be mailed is.
func (w *world) config() string {
	return fmt.Sprintf(`global_defs {
    notification_email {
        ops@example.org
    }
    notification_email_from holdfast@example.org
    smtp_server %s
    smtp_connect_timeout 5
    @node1 router_id one.example.org
    @node2 router_id two.example.org
    smtp_alert
}
vrrp_instance VI_1 {
    @node1 state MASTER
    @node2 state BACKUP
    interface eth0
    virtual_router_id 51
    @node1 priority %d
    @node2 priority %d
    advert_int 1
    virtual_ipaddress {
        192.0.2.100/32
    }
    smtp_alert
}
virtual_server 192.0.2.100 80 {
    delay_loop 1
    lb_algo rr
    lb_kind DR
    protocol TCP
    smtp_alert
    real_server %s 80 {
        HTTP_GET {
            url {
                path /
                status_code 200
            }
            connect_timeout 1
            retry 1
            delay_before_retry 1
        }
    }
}
`, w.lab.Node("c").Addr, high, low, w.lab.Node("r1").Addr)
}

func TestEveryTransitionIsMailedOnceThoughTheMailServerIsAwayForAWhile(t *testing.T) {
	away := 20 * time.Second
	if os.Getenv("HOLDFAST_LONG") != "" {
		away = time.Minute
	}
	l := lab.New(t, lab.Options{Nodes: []string{"d1", "d2", "r1", "c"}})
	w := &world{T: t, lab: l, d1: l.Node("d1"), d2: l.Node("d2"), wire: l.Capture()}
	w.sink = l.Node("c").Sink(":25")
	w.web = l.Node("r1").Web(":80", "from r1")
	w.node1 = w.d1.Direct(lab.Serving(), w.config())
	w.apply()
	w.node2 = w.d2.Direct(lab.Holdfast(), w.config())
	w.wire.Steady(w.d1.Addr, high, 20*time.Second)

	w.change("the web server refuses", "DOWN", w.web.Stop)
	w.mailed(30 * time.Second)

	w.sink.Stop()
	stopped := time.Now()
	w.change("the web server is back", "UP", w.web.Start)
	w.failOver()
	w.change("the web server refuses again", "DOWN", w.web.Stop)
	time.Sleep(time.Until(stopped.Add(away)))
	before := len(w.sink.Mails())
	w.sink.Start()
	w.mailed(3 * time.Minute)
	t.Logf("%d mails waited while the server was away for %s; all came %s after its return",
		len(w.sink.Mails())-before, time.Since(stopped).Round(time.Second), time.Since(stopped.Add(away)).Round(time.Second))
}

// apply gives node1's roles their text, as its console does.
func (w *world) apply() {
	w.Helper()
	for _, role := range []string{"vrrp", "lvs"} {
		client := control.Dial(w.node1.Run + "/" + role + ".sock")
		for end := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			_, err := client.Apply(w.Context(), control.ApplyRequest{Text: w.config()})
			if err == nil {
				break
			}
			if time.Now().After(end) {
				w.Fatalf("apply to %s: %v", role, err)
			}
		}
	}
}

// change does something to the web server and waits until both nodes see it.
func (w *world) change(what, state string, do func()) {
	w.Helper()
	do()
	for _, d := range []*lab.Director{w.node1, w.node2} {
		client := control.Dial(d.Run + "/lvs.sock")
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
			s, err := client.Status(w.Context())
			if err == nil && len(s.Virtuals) == 1 && s.Virtuals[0].Servers[0].State == state {
				break
			}
			if time.Now().After(end) {
				w.Fatalf("%s: a node does not see it: %+v, %v", what, s.Virtuals, err)
			}
		}
	}
}

// failOver stops node1's routing by a goodbye and lets it come back. That no
// mail can be sent meanwhile changes nothing about the times.
func (w *world) failOver() {
	w.Helper()
	at := time.Now()
	w.d1.Cable(false)
	first := w.wire.Expect("d2 takes over", at, masterDown+time.Second, lab.From(w.d2.Addr, low))
	adverts := w.wire.Adverts(w.d1.Addr, time.Time{})
	if took := first.At.Sub(adverts[len(adverts)-1].At); took > masterDown+late {
		w.Errorf("without a mail server the take-over lasted %s, want at most %s", took, masterDown+late)
	}
	w.d1.Cable(true)
	w.wire.Steady(w.d1.Addr, high, 20*time.Second)
}

// mailed waits until the mail server has what the journals tell, each
// transition of each node once, in words that name it.
func (w *world) mailed(limit time.Duration) {
	w.Helper()
	var missing, surplus []string
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		want := append(w.transitions("node1", "one.example.org", w.node1, true), w.transitions("node2", "two.example.org", w.node2, false)...)
		var got []string
		for _, m := range w.sink.Mails() {
			got = append(got, m.Subject)
			w.complete(m)
		}
		missing, surplus = difference(want, got), difference(got, want)
		if len(missing)+len(surplus) == 0 && len(want) > 0 {
			w.Logf("%d mails:\n  %s", len(got), strings.Join(got, "\n  "))
			return
		}
	}
	w.Fatalf("after %s these transitions were not mailed:\n  %s\nand these mails have no transition:\n  %s",
		limit, strings.Join(missing, "\n  "), strings.Join(surplus, "\n  "))
}

// complete expects a mail to name host, object, old and new state and reason.
func (w *world) complete(m lab.Mail) {
	w.Helper()
	for _, row := range []string{"Host:", "Object:", "Old state:", "New state:", "Reason:"} {
		_, after, found := strings.Cut(m.Body, row)
		value, _, _ := strings.Cut(after, "\n")
		if !found || strings.TrimSpace(value) == "" {
			w.Errorf("the mail %q says nothing after %q:\n%s", m.Subject, row, m.Body)
		}
	}
	if !slices.Equal(m.To, []string{"ops@example.org"}) {
		w.Errorf("the mail %q went to %v", m.Subject, m.To)
	}
}

// transitions are the subjects that a node's journals call for: with the
// console all transitions, without it those that the configuration wants mailed.
func (w *world) transitions(node, router string, d *lab.Director, all bool) []string {
	w.Helper()
	var subjects []string
	for _, role := range []string{"vrrp", "lvs"} {
		client := control.Dial(d.Run + "/" + role + ".sock")
		s, err := client.Status(w.Context())
		if err != nil || s.Seq == 0 {
			w.Fatalf("status of %s on %s: %v", role, node, err)
		}
		ctx, cancel := context.WithTimeout(w.Context(), 5*time.Second)
		var last uint64
		client.Journal(ctx, 0, func(e journal.Entry) error {
			if subject, _, ok := mail.Compose(e, node, router, "en"); ok && (all || e.Mail) {
				subjects = append(subjects, subject)
			}
			if last = e.Seq; last >= s.Seq {
				cancel()
			}
			return nil
		})
		cancel()
		if last < s.Seq {
			w.Fatalf("the journal of %s on %s ends at %d, not %d", role, node, last, s.Seq)
		}
	}
	return subjects
}

// difference is what a has more often than b.
func difference(a, b []string) []string {
	counts := map[string]int{}
	for _, s := range b {
		counts[s]++
	}
	var more []string
	for _, s := range a {
		if counts[s]--; counts[s] < 0 {
			more = append(more, s)
		}
	}
	return more
}
