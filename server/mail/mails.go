package mail

import (
	"cmp"
	"strings"

	"holdfast/engine/journal"
	"holdfast/store"
)

// mails makes the mails for an entry: one per recipient, none if the scope
// leaves it out.
func (p plan) mails(e journal.Entry, host string) []store.Mail {
	if !p.wants(e) {
		return nil
	}
	subject, body, ok := Compose(e, host, p.router, p.settings.Lang)
	if !ok {
		return nil
	}
	var mails []store.Mail
	for _, to := range p.settings.To {
		mails = append(mails, store.Mail{
			MessageID: store.NewMessageID(messageHost(host)), To: fullAddress(to, host), Subject: subject, Body: body,
		})
	}
	return mails
}

func (p plan) wants(e journal.Entry) bool {
	if p.settings.Host == "" {
		return false
	}
	switch p.settings.Scope {
	case store.ScopeOff:
		return false
	case store.ScopeAll:
		// The members of a group have mails of their own; the group's is sent only
		// where it has smtp_alert.
		return e.Mail || e.Kind != journal.GroupState
	default:
		return e.Mail
	}
}

// fullAddress gives an address without a domain this host's: keepalived lets
// an operator write just root.
func fullAddress(address, host string) string {
	if strings.Contains(address, "@") {
		return address
	}
	return address + "@" + host
}

// senderAddress is the From address in force.
func senderAddress(s store.MailSettings, host string) string {
	return fullAddress(cmp.Or(s.From, "holdfast"), host)
}

// messageHost makes a host name fit for the right side of a Message-ID.
func messageHost(host string) string {
	fit := strings.Map(func(r rune) rune {
		if r == '-' || r == '.' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '-'
	}, host)
	return cmp.Or(strings.Trim(fit, ".-"), "localhost")
}
