package probe

import "holdfast/engine/model"

// Kinder is a server that comes up here and that keepalived 2.2.7 keeps down. Such
// a server may come up on the day of the move: an import has to say so.
type Kinder struct {
	Code       string // stable, for a message in the reader's language
	Kinds      []model.Kind
	Server     string // what it does
	Keepalived string // what keepalived 2.2.7 says or does
	Reason     string // why it is up here
}

var web = []model.Kind{model.HTTPGet, model.SSLGet}

// Kinders is every difference of that kind, seen beside keepalived 2.2.7 of Debian
// 12. Each has a server of its own in TestEveryKinderServerIsUp.
var Kinders = []Kinder{
	{"held-connection", web, "sends a whole answer with its length and holds the connection",
		"Timeout HTTP read", "the length says that the answer is whole; without a digest or regex nothing more is waited for"},
	{"no-reason", web, "ends the status line after the number, without a blank",
		"status code error", "RFC 9112, 4: a client should not look at the reason; many leave it out"},
	{"large-header", web, "sends more than 4 KiB of header fields",
		"no data received", "the bound is keepalived's buffer; here it is 64 KiB"},
	{"bare-line-feed", web, "ends its lines with a line feed alone",
		"the header has no end", "RFC 9112, 2.2: a recipient may take it for the end of a line"},
	{"reset-after-answer", web, "resets the connection behind its answer, as it does when it has not read the request",
		"the read fails", "what was asked for has come: the answer"},
	{"length-in-small-letters", web, "has content-length in small letters and sends more than that, with a digest of what was announced",
		"counts all that was sent", "RFC 9110, 5.1: names of fields have no case"},
	{"interim-answer", web, "sends an interim answer (1xx) before the final one",
		"takes the interim status", "RFC 9110, 15.2: it is passed over"},
	{"old-tls", []model.Kind{model.SSLGet}, "speaks TLS 1.0 or 1.1 only",
		"OpenSSL of Debian 12 refuses the handshake", "a check asks whether the server works, not whether it is modern"},
	{"many-lines", []model.Kind{model.SMTPCheck}, "greets or answers HELO in several lines",
		"Bad greeting banner, Bad HELO response", "RFC 5321, 4.2.1: a reply may have several lines"},
	{"long-banner", []model.Kind{model.SMTPCheck}, "greets with more than 512 bytes",
		"Buffer overflow, SMTP_BUFF_MAX", "the bound is keepalived's buffer; here it is 64 KiB"},
	{"no-port", []model.Kind{model.TCPCheck, model.HTTPGet, model.SSLGet, model.SMTPCheck, model.DNSCheck}, "is written without a port",
		"port 0 is asked", "the kernel gives such a server the port of its service, so that is asked"},
}
