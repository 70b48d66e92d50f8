package page

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/assets"
	"holdfast/store"
	"holdfast/web/fault"
	"holdfast/web/live"
	"holdfast/web/mailsettings"
)

// mailPage is the settings on screen, the dialogue of a test, and
// what is on its way.
type mailPage struct {
	Settings store.MailSettings
	Saved    bool // there are settings in the store
	InForce  bool // else: the running configuration has some
	Stored   bool // there is a password in the store
	To       string
	Port     string // as typed, or of the settings
	Timeout  string // likewise, in seconds
	CanTest  bool
	Dialogue *store.Dialogue
	TestedTo string
	Choices  mailsettings.Choices
	outbox
}

// outbox is the newest mails that are to be sent or were, and how many of all stand
// where.
type outbox struct {
	Outbox                  []store.Mail
	Waiting, Accepted, Dead int
}

func (p *Pages) outbox(ctx context.Context) (o outbox, err error) {
	if o.Outbox, err = p.Store.OutboxPage(ctx, 0, 20); err != nil {
		return o, err
	}
	counts, err := p.Store.OutboxCounts(ctx)
	o.Waiting = counts[store.MailQueued] + counts[store.MailSending]
	o.Accepted, o.Dead = counts[store.MailSent], counts[store.MailDead]
	return o, err
}

func (p *Pages) outboxBody(ctx context.Context, _ live.View, _ live.Snapshot) (any, error) {
	return p.outbox(ctx)
}

func (p *Pages) mail(c *gin.Context) {
	settings, saved, err := p.settings(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	p.showMail(c, mailPage{Settings: settings, Saved: saved}, nil)
}

// settings are the stored ones, or those in force, or what a new form begins with.
func (p *Pages) settings(c *gin.Context) (store.MailSettings, bool, error) {
	m, err := p.Store.MailSettings(c.Request.Context())
	if errors.Is(err, store.ErrNotFound) {
		if p.MailInForce != nil {
			m, err = p.MailInForce(c.Request.Context())
			if err != nil || m.Host != "" {
				m.Lang = language(c.Request)
				return m, false, err
			}
		}
		return store.MailSettings{Security: store.SecurityAuto, VerifyCert: true, Scope: store.ScopeAll, Lang: language(c.Request)}, false, nil
	}
	return m, err == nil, err
}

// showMail draws the page around what body holds already.
func (p *Pages) showMail(c *gin.Context, body mailPage, wrong error) {
	ctx := c.Request.Context()
	stored, saved, err := p.settings(c)
	if err == nil {
		body.outbox, err = p.outbox(ctx)
	}
	if err != nil {
		p.fail(c, err)
		return
	}
	body.Saved, body.Stored, body.CanTest = saved, stored.Password != "", p.TestMail != nil
	body.InForce = !saved && stored.Host != ""
	body.Choices = mailsettings.All()
	body.To = strings.Join(body.Settings.To, "\n")
	body.Port, body.Timeout = digits(body.Settings.Port), digits(int(body.Settings.Timeout.Seconds()))
	if wrong != nil {
		body.Port, body.Timeout = c.PostForm("port"), c.PostForm("timeout")
	}
	if wrong != nil {
		p.showFault(c, wrong, "mail", "system", body)
		return
	}
	p.show(c, http.StatusOK, "mail", "system", live.View{Page: "mail", Lang: language(c.Request)}, body)
}

// typed reads the settings on screen; an empty password means the stored one.
func (p *Pages) typed(c *gin.Context) (store.MailSettings, error) {
	old, _, err := p.settings(c)
	if err != nil {
		return old, err
	}
	seen, err := number(c.PostForm("version"), math.MaxInt32)
	if err != nil {
		return old, fault.New(fault.Conflict)
	}
	m := store.MailSettings{
		Version: seen, Host: strings.TrimSpace(c.PostForm("host")), Security: store.Security(c.PostForm("security")),
		VerifyCert: c.PostForm("verify") == "yes", CAPEM: strings.TrimSpace(c.PostForm("ca")),
		User: strings.TrimSpace(c.PostForm("user")), Password: store.Secret(c.PostForm("secret")), Auth: c.PostForm("auth"),
		From: strings.TrimSpace(c.PostForm("from")), Helo: strings.TrimSpace(c.PostForm("helo")),
		To:    strings.FieldsFunc(c.PostForm("to"), func(r rune) bool { return strings.ContainsRune(" \t\r\n,;，；", r) }),
		Scope: store.Scope(c.PostForm("scope")), Lang: assets.Lang(c.PostForm("mail-lang")),
	}
	if m.Port, err = number(c.PostForm("port"), 65535); err != nil {
		return m, fault.In("port", "number")
	}
	seconds, err := number(c.PostForm("timeout"), 600)
	if err != nil {
		return m, fault.In("timeout", "number")
	}
	m.Timeout = time.Duration(seconds) * time.Second
	if m, err = mailsettings.WithStored(m, old); err != nil {
		return m, err
	}
	return m, mailsettings.Validate(m)
}

// digits is a number as a field shows it: 0 is nothing.
func digits(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// number reads a whole number up to most; nothing is 0.
func number(text string, most int) (int, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err == nil && (n < 0 || n > most) {
		err = strconv.ErrRange
	}
	return n, err
}

func (p *Pages) saveMail(c *gin.Context) {
	m, err := p.typed(c)
	if err != nil {
		p.showMail(c, mailPage{Settings: m}, err)
		return
	}
	ctx := c.Request.Context()
	if err := p.Store.SaveMailSettings(ctx, m); err != nil {
		p.mailNotSaved(c, m, err)
		return
	}
	if err := p.Store.Audit(ctx, user(c).Name, "mail-settings", m.Host, "", strings.Join(m.To, " ")); err != nil {
		p.fail(c, err)
		return
	}
	said(c, "/system/mail", "saved")
}

// mailNotSaved draws the page with what was typed. After a conflict saving again
// overwrites the settings that were saved in between.
func (p *Pages) mailNotSaved(c *gin.Context, m store.MailSettings, wrong error) {
	if fault.Of(wrong).Code != fault.Conflict {
		p.fail(c, wrong)
		return
	}
	now, _, err := p.settings(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	m.Version = now.Version
	p.showMail(c, mailPage{Settings: m}, fault.New("settings-meanwhile"))
}

// testMail sends one message with the values on screen; nothing is saved.
func (p *Pages) testMail(c *gin.Context) {
	m, err := p.typed(c)
	if err == nil && p.TestMail == nil {
		err = fault.New(fault.NotFound)
	}
	if err == nil && len(m.To) == 0 {
		err = fault.In("to", "mail-to")
	}
	if err != nil {
		p.showMail(c, mailPage{Settings: m}, err)
		return
	}
	to := m.To[0]
	if err := p.Store.Audit(c.Request.Context(), user(c).Name, "mail-test", m.Host, "", to); err != nil {
		p.fail(c, err)
		return
	}
	dialogue, err := p.TestMail(c.Request.Context(), m, to)
	if err != nil && len(dialogue.Steps) == 0 {
		p.showMail(c, mailPage{Settings: m}, &fault.Error{Code: "mail-test", Args: map[string]string{"Reason": err.Error()}, Err: err})
		return
	}
	p.showMail(c, mailPage{Settings: m, Dialogue: &dialogue, TestedTo: to}, nil)
}

func (p *Pages) retryMail(c *gin.Context) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		p.fail(c, fault.New("no-mail"))
		return
	}
	ctx := c.Request.Context()
	err = p.Store.RetryMail(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		err = fault.New("no-mail")
	}
	if err == nil {
		err = p.Store.Audit(ctx, user(c).Name, "mail-retried", c.Param("id"), "", "")
	}
	if err != nil {
		p.fail(c, err)
		return
	}
	said(c, "/system/mail", "mail-queued")
}
