package lab

import (
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// decoded is a message's body without its transfer encoding.
func decoded(m *mail.Message) io.Reader {
	switch strings.ToLower(m.Header.Get("Content-Transfer-Encoding")) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, m.Body)
	case "quoted-printable":
		return quotedprintable.NewReader(m.Body)
	}
	return m.Body
}
