package mail

import (
	"cmp"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
)

var errNoSTARTTLS = errors.New("the server offers no STARTTLS")

// refusal makes an error of an answer with its code in front.
func refusal(said string) error {
	code, text, _ := strings.Cut(said, " ")
	n, err := strconv.Atoi(code)
	if err != nil {
		return errors.New(said)
	}
	return &textproto.Error{Code: n, Msg: text}
}

// reason is the code of the sentence that explains why a step failed: words
// under "mail.test.CODE".
func reason(step string, err error) string {
	var said *textproto.Error
	var netError net.Error
	var notTLS tls.RecordHeaderError
	switch {
	case errors.Is(err, errTooMuch):
		return "too-much"
	case errors.Is(err, errLoginNeedsTLS):
		return "login-needs-tls"
	case errors.Is(err, errNoLogin):
		return "no-login"
	case errors.Is(err, errNoSTARTTLS):
		return "no-starttls"
	case errors.As(err, &said):
		refused := map[string]string{
			stepAuth: "login-refused", stepMail: "sender-refused", stepRcpt: "recipient-refused", stepSTARTTLS: "no-starttls",
		}
		return cmp.Or(refused[step], "refused")
	case certificateFault(err):
		return "certificate"
	case step == stepResolve:
		return "no-server-name"
	case errors.As(err, &netError) && netError.Timeout():
		return "timeout"
	case step == stepConnect:
		return "unreachable"
	case errors.As(err, &notTLS), step == stepTLS, step == stepSTARTTLS:
		return "tls-failed"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &netError):
		return "closed"
	default:
		return ""
	}
}
