package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Security is how a connection to the mail server is protected.
type Security string

// The ways to connect. Auto is TLS from the first byte on port 465, else
// STARTTLS where the server offers it; a password never goes unprotected to
// another host.
const (
	SecurityAuto     Security = "auto"
	SecurityTLS      Security = "tls"
	SecurityStartTLS Security = "starttls" // or not at all
	SecurityNone     Security = "none"
)

// Scope is which transitions are mailed.
type Scope string

// The scopes.
const (
	ScopeAll       Scope = "all"        // every transition
	ScopeSMTPAlert Scope = "smtp_alert" // those the configuration asks for
	ScopeOff       Scope = "off"
)

// The mechanisms of MailSettings.Auth.
const (
	AuthAuto    = "" // the best the server offers
	AuthPlain   = "plain"
	AuthLogin   = "login"
	AuthCramMD5 = "cram-md5"
)

// MailSettings is where mails go and how.
type MailSettings struct {
	Host       string
	Port       int // 0 is 25, with SecurityTLS 465
	Security   Security
	VerifyCert bool
	CAPEM      string // roots to trust instead of the system's; "" is the system's
	User       string // "" is no log-in
	Password   Secret
	Auth       string
	From       string
	To         []string
	Helo       string        // "" is the host name
	Timeout    time.Duration // for connecting, and again for each step; 0 is 30 s
	Scope      Scope
	Lang       string // of the mails
	Version    int    // grows with every change; 0: they were never saved
}

type mailSettingsRow struct {
	ID         int64 `gorm:"primaryKey"`
	Host       string
	Port       int
	Security   string
	VerifyCert bool
	CAPEM      string `gorm:"column:ca_pem"`
	User       string
	Password   string
	Auth       string
	Sender     string
	Recipients string
	Helo       string
	Timeout    int64
	Scope      string
	Lang       string
	Version    int
}

func (mailSettingsRow) TableName() string { return "mail_settings" }

// MailSettings gives the stored settings. ErrNotFound: none were saved.
func (s *Store) MailSettings(ctx context.Context) (MailSettings, error) {
	var r mailSettingsRow
	if err := s.config.read.WithContext(ctx).Take(&r).Error; err != nil {
		return MailSettings{}, wrap("read mail settings", err)
	}
	m := MailSettings{
		Host: r.Host, Port: r.Port, Security: Security(r.Security), VerifyCert: r.VerifyCert, CAPEM: r.CAPEM,
		User: r.User, Password: Secret(r.Password), Auth: r.Auth, From: r.Sender, Helo: r.Helo,
		Timeout: time.Duration(r.Timeout), Scope: Scope(r.Scope), Lang: r.Lang, Version: r.Version,
	}
	return m, wrap("read mail recipients", json.Unmarshal([]byte(r.Recipients), &m.To))
}

// SaveMailSettings stores m, password included (a form whose password was left
// empty puts the stored one in first), if the stored ones still have m's version.
// ErrConflict: somebody else saved in between.
func (s *Store) SaveMailSettings(ctx context.Context, m MailSettings) error {
	to, err := json.Marshal(append([]string{}, m.To...))
	if err != nil {
		return wrap("save mail settings", err)
	}
	row := mailSettingsRow{
		ID: 1, Host: m.Host, Port: m.Port, Security: string(m.Security), VerifyCert: m.VerifyCert, CAPEM: m.CAPEM,
		User: m.User, Password: m.Password.Reveal(), Auth: m.Auth, Sender: m.From, Recipients: string(to), Helo: m.Helo,
		Timeout: int64(m.Timeout), Scope: string(m.Scope), Lang: m.Lang, Version: m.Version + 1,
	}
	return s.change(ctx, s.config, "save mail settings", func(tx *gorm.DB, _ time.Time) error {
		var old mailSettingsRow
		if err := tx.Take(&old).Error; err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return err
		}
		if old.Version != m.Version {
			return ErrConflict
		}
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	})
}
