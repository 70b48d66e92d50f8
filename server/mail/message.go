package mail

import (
	"errors"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"holdfast/store"
)

// message makes the mail as go-mail wants it.
func message(m store.Mail, from string) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(from), msg.To(m.To)); err != nil {
		return nil, err
	}
	setSubject(msg, m.Subject)
	msg.SetMessageIDWithValue(strings.Trim(m.MessageID, "<>"))
	msg.SetDateWithValue(m.CreatedAt)
	msg.SetGenHeader(gomail.HeaderXMailer, "Holdfast")
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday answers, please
	msg.SetBodyString(gomail.TypeTextPlain, m.Body, gomail.WithPartEncoding(encoding(m.Body)))
	return msg, nil
}

// setSubject writes a plain subject in one line, as keepalived does: go-mail
// would fold it at 76 characters, and not every filter unfolds.
func setSubject(msg *gomail.Msg, subject string) {
	if plain(subject) {
		msg.SetGenHeaderPreformatted(gomail.HeaderSubject, subject)
		return
	}
	msg.Subject(subject)
}

// encoding keeps a plain text as it is, so that what reads mails by pattern
// finds keepalived's line unchanged. go-mail's 7bit would not do: it writes
// quoted-printable under that name. As the encoding of the part, and not of the
// message, 8bit asks nothing of the server, and nothing is needed: it is ASCII.
func encoding(body string) gomail.Encoding {
	for line := range strings.Lines(body) {
		if !plain(strings.TrimSuffix(line, "\n")) {
			return gomail.EncodingB64
		}
	}
	return gomail.NoEncoding
}

// plain says that a line may stand in a mail as it is (RFC 5322, 2.1.1).
func plain(line string) bool {
	return len(line) < 990 && !strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' })
}
