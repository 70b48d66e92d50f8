package mail

import (
	"crypto/tls"
	"errors"
	"net/textproto"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// outcome is what an error means for the mail.
type outcome uint8

const (
	again   outcome = iota // this mail, later
	dead                   // never
	blocked                // no mail will get through before the cause goes away
	alarm                  // no mail will get through before an operator does something
)

// outcomeOf gives the outcome of an error of dial or send.
func outcomeOf(err error) outcome {
	var bad badMail
	var send *gomail.SendError
	var said *textproto.Error
	switch {
	case errors.As(err, &bad):
		return dead
	case errors.As(err, &send):
		switch code := send.ErrorCode(); {
		case code == 530 || code == 534 || code == 535 || code == 538: // RFC 4954: log in first, or otherwise
			return alarm
		case code == 0: // dropped or timed out: no word about the mail itself
			return blocked
		case code == 421: // RFC 5321, 3.8: the server is going away
			return blocked
		case send.IsTemp():
			return again
		default:
			return dead
		}
	case errors.As(err, &said) && said.Code >= 500,
		errors.Is(err, errNoLogin), errors.Is(err, errLoginNeedsTLS), certificateFault(err):
		return alarm
	default:
		return blocked
	}
}

// noTLS says that a server which offered encryption could not begin it.
func noTLS(err error) bool {
	var said *textproto.Error
	var record tls.RecordHeaderError
	return errors.As(err, &said) && said.Code == 454 || errors.As(err, &record) || // RFC 3207, 4
		strings.Contains(err.Error(), "tls: ") // most faults of a handshake have no type of their own
}

func certificateFault(err error) bool {
	var fault *tls.CertificateVerificationError
	return errors.As(err, &fault)
}
