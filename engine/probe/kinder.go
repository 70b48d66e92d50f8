package probe

import "holdfast/engine/model"

// Kinder is a server that comes up here and that keepalived 2.2.7 keeps down, or the
// other way round where Sterner. Such a server may come up, or go down, on the day of
// the move: an import has to say so.
type Kinder struct {
	Code       string       // stable, for a message in the reader's language
	Kinds      []model.Kind // of the checks that it may have
	Word       string       // of their blocks, that it depends on; "" for none
	Sterner    bool
	Server     string // what it does
	Keepalived string // what keepalived 2.2.7 says or does
	Reason     string // why it is up here
}

var web = []model.Kind{model.HTTPGet, model.SSLGet}

// Words are those of a text by which a difference is told: the word it depends on,
// else those of the checks.
func (k Kinder) Words() []string {
	if k.Word != "" {
		return []string{k.Word}
	}
	var words []string
	for _, kind := range k.Kinds {
		words = append(words, string(kind))
	}
	return words
}

// Kinders is every difference of that kind, seen beside keepalived 2.2.7 of Debian
// 12. Each has a server of its own in TestEveryKinderServerIsUp.
var Kinders = []Kinder{
	{Code: "held-connection", Kinds: web, Server: "sends a whole answer with its length and holds the connection",
		Keepalived: "Timeout HTTP read", Reason: "the length says that the answer is whole; without a digest or regex nothing more is waited for"},
	{Code: "no-reason", Kinds: web, Server: "ends the status line after the number, without a blank",
		Keepalived: "status code error", Reason: "RFC 9112, 4: a client should not look at the reason; many leave it out"},
	{Code: "large-header", Kinds: web, Server: "sends more than 4 KiB of header fields",
		Keepalived: "no data received", Reason: "the bound is keepalived's buffer; here it is 64 KiB"},
	{Code: "bare-line-feed", Kinds: web, Server: "ends its lines with a line feed alone",
		Keepalived: "the header has no end", Reason: "RFC 9112, 2.2: a recipient may take it for the end of a line"},
	{Code: "reset-after-answer", Kinds: web, Server: "resets the connection behind its answer, as it does when it has not read the request",
		Keepalived: "the read fails", Reason: "what was asked for has come: the answer"},
	{Code: "length-in-small-letters", Kinds: web, Server: "has content-length in small letters and sends more than that, with a digest of what was announced",
		Keepalived: "counts all that was sent", Reason: "RFC 9110, 5.1: names of fields have no case"},
	{Code: "zero-before-status", Kinds: web, Server: "writes its status with a 0 before it, 0200",
		Keepalived: "status code error", Reason: "the number is the one that is asked for"},
	{Code: "match-at-end", Kinds: web, Word: "regex", Server: "matches a regex only as far as its answer goes, by $, or by + or * at its end",
		Keepalived: "Regex match failed: the match could go on", Reason: "the answer is whole"},
	{Code: "no-match-at-end", Kinds: web, Word: "regex_no_match", Sterner: true, Server: "matches a regex only as far as its answer goes, by $, or by + or * at its end",
		Keepalived: "no match, as it could go on", Reason: "the answer is one that the text wants to be taken for a failure"},
	{Code: "interim-answer", Kinds: web, Server: "sends an interim answer (1xx) before the final one",
		Keepalived: "takes the interim status", Reason: "RFC 9110, 15.2: it is passed over"},
	{Code: "old-tls", Kinds: []model.Kind{model.SSLGet}, Server: "speaks TLS 1.0 or 1.1 only",
		Keepalived: "OpenSSL of Debian 12 refuses the handshake", Reason: "a check asks whether the server works, not whether it is modern"},
	{Code: "sni-with-port", Kinds: []model.Kind{model.SSLGet}, Word: "enable_sni", Server: "refuses a name that it does not know, where the virtualhost has a port",
		Keepalived: "names the port, too, in the handshake: unrecognized name", Reason: "RFC 6066, 3: the name of a host has no port; it is named without"},
	{Code: "many-lines", Kinds: []model.Kind{model.SMTPCheck}, Server: "greets or answers HELO in several lines",
		Keepalived: "Bad greeting banner, Bad HELO response", Reason: "RFC 5321, 4.2.1: a reply may have several lines"},
	{Code: "long-banner", Kinds: []model.Kind{model.SMTPCheck}, Server: "greets with more than 512 bytes",
		Keepalived: "Buffer overflow, SMTP_BUFF_MAX", Reason: "the bound is keepalived's buffer; here it is 64 KiB"},
	{Code: "no-port", Kinds: []model.Kind{model.TCPCheck, model.HTTPGet, model.SSLGet, model.SMTPCheck, model.DNSCheck}, Server: "is written without a port",
		Keepalived: "port 0 is asked", Reason: "the kernel gives such a server the port of its service, so that is asked"},
}
