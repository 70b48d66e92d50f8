package mail

import (
	"context"
	"testing"

	"github.com/emersion/go-smtp"

	"holdfast/store"
)

// meddling settles the first mail behind the sender's back while it is being sent.
type meddling struct {
	smtp.Session
	meddle func()
}

func (m meddling) Rcpt(to string, o *smtp.RcptOptions) error {
	if to == "gone@example.org" {
		m.meddle()
	}
	return m.Session.Rcpt(to, o)
}

func TestAMailThatLeavesTheOutboxWhileItIsSentEndsNobody(t *testing.T) {
	s := newStore(t)
	sink, _ := newSink(t, "", func(server *smtp.Server) {
		takes := server.Backend
		server.Backend = smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
			session, err := takes.NewSession(c)
			return meddling{session, func() {
				if err := s.MailDone(context.Background(), 1, "somebody else sent it"); err != nil {
					t.Error(err)
				}
			}}, err
		})
	})
	enqueue(t, s, "gone@example.org", "next@example.org")
	startSender(t, s, store.MailSettings{Host: "127.0.0.1", Port: sink.port}, quick)
	outboxBecomes(t, s, 2, isState(store.MailSent))
}
