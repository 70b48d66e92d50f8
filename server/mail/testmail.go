package mail

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"holdfast/assets"
	"holdfast/store"
)

// testWithin is how long a test takes at most.
const testWithin = 15 * time.Second

// Test sends one mail with a random code to a recipient and gives every step: the
// lines of both sides, how long it took, and the server's certificate. A server
// that refuses is not an error of Test: Dialogue.Failed names the step. The
// error is for a test that could not be begun. It speaks SMTP by itself, because
// go-mail does not show what it does, but goes the same way with the same
// log-in as the sender.
func Test(ctx context.Context, s store.MailSettings, to string) (store.Dialogue, error) {
	if to == "" {
		return store.Dialogue{}, errors.New("test mail: no recipient")
	}
	ctx, cancel := context.WithTimeout(ctx, testWithin)
	defer cancel()
	host := hostName()
	began := time.Now()
	d := &dialogue{ctx: ctx, told: store.Dialogue{Code: rand.Text()[:8], Steps: []store.Step{}}}
	transport, err := newTransport(s, host)
	if err != nil {
		d.told.Failed, d.told.Reason = stepResolve, "settings"
		d.told.Steps = append(d.told.Steps, store.Step{Name: stepResolve, Error: err.Error()})
		return d.told, nil
	}
	d.transport = transport
	defer d.close()
	d.walk(s, testMail(s, to, host, d.told.Code, began), senderAddress(s, host))
	d.told.Took = time.Since(began)
	return d.told, nil
}

func testMail(s store.MailSettings, to, host, code string, now time.Time) store.Mail {
	lang := assets.Lang(s.Lang)
	args := map[string]string{"router": host, "host": host, "code": code}
	return store.Mail{
		MessageID: store.NewMessageID(messageHost(host)), To: fullAddress(to, host), CreatedAt: now,
		Subject: assets.Text(lang, "mail.test.subject", args), Body: assets.Text(lang, "mail.test.body", args) + "\n",
	}
}
