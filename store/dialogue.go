package store

import "time"

// Dialogue is the SMTP conversation of a test of the
// mail settings, step by step. It is data for the settings page and the API.
type Dialogue struct {
	Code    string        `json:"code"`     // the random code in the subject of the test mail
	Steps   []Step        `json:"steps"`    // in order; the last one failed if Failed is not empty
	Failed  string        `json:"failed"`   // name of the failing step, "" if the server accepted the mail
	Reason  string        `json:"reason"`   // why it failed: a code, words under "mail.test.CODE"; "" is: see the step's Error
	TLS     *TLSFacts     `json:"tls"`      // nil: the connection was not encrypted
	QueueID string        `json:"queue_id"` // as the server named it, if it did
	Took    time.Duration `json:"took"`
}

// Step is one step of a Dialogue. Name is one of resolve, connect, tls,
// greeting, ehlo, starttls, auth, mail, rcpt, data, message, quit; words under
// "mail.step.NAME".
type Step struct {
	Name  string        `json:"name"`
	Lines []Line        `json:"lines"`
	Took  time.Duration `json:"took"`
	Error string        `json:"error"` // "" is good
}

// Line is one line of a dialogue; secrets are dots. Sent says it was ours.
type Line struct {
	Sent bool   `json:"sent"`
	Text string `json:"text"`
}

// TLSFacts is the server's certificate and the connection's cipher.
type TLSFacts struct {
	Version  string    `json:"version"` // TLS 1.3
	Cipher   string    `json:"cipher"`
	Subject  string    `json:"subject"` // of the certificate
	Issuer   string    `json:"issuer"`
	Expires  time.Time `json:"expires"`
	DaysLeft int       `json:"days_left"`
	Verified bool      `json:"verified"` // the certificate was checked against trusted roots and the host name
}
