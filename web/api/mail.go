package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/store"
	"holdfast/web/fault"
	"holdfast/web/mailsettings"
)

// mailSettings is where mails go. The password is never given out.
type mailSettings struct {
	Host       string   `json:"host"`
	Port       int      `json:"port,omitempty" minimum:"0" maximum:"65535" doc:"0: 25, or 465 with tls"`
	Security   string   `json:"security,omitempty" enum:"auto,tls,starttls,none" default:"auto"`
	VerifyCert bool     `json:"verify_cert"`
	CA         string   `json:"ca,omitempty" doc:"Roots to trust in place of the system's, PEM"`
	User       string   `json:"user,omitempty"`
	Password   string   `json:"password,omitempty" writeOnly:"true" doc:"Missing: the stored one"`
	Stored     bool     `json:"password_stored,omitempty" readOnly:"true"`
	Auth       string   `json:"auth,omitempty" enum:",plain,login,cram-md5" doc:"Empty: the best the server offers"`
	From       string   `json:"from,omitempty"`
	To         []string `json:"to"`
	Helo       string   `json:"helo,omitempty"`
	Timeout    float64  `json:"timeout,omitempty" minimum:"0" maximum:"600" doc:"Seconds; 0: 30"`
	Scope      string   `json:"scope,omitempty" enum:"all,smtp_alert,off" default:"all"`
	Lang       string   `json:"lang,omitempty" enum:"en,zh-CN" default:"en"`
	Version    int      `json:"version,omitempty" minimum:"0" doc:"Of the settings that were changed; missing: whichever they are"`
}

// settings are m with the stored password where it came without one, if they
// are of use.
func (m mailSettings) settings(old store.MailSettings) (store.MailSettings, error) {
	s := store.MailSettings{
		Host: m.Host, Port: m.Port, Security: store.Security(m.Security), VerifyCert: m.VerifyCert, CAPEM: m.CA,
		User: m.User, Password: store.Secret(m.Password), Auth: m.Auth, From: m.From, To: m.To, Helo: m.Helo,
		Timeout: time.Duration(m.Timeout * float64(time.Second)), Scope: store.Scope(m.Scope), Lang: m.Lang,
		Version: cmp.Or(m.Version, old.Version),
	}
	s, err := mailsettings.WithStored(s, old)
	if err != nil {
		return s, err
	}
	return s, mailsettings.Validate(s)
}

func mailSettingsOf(s store.MailSettings) mailSettings {
	return mailSettings{
		Host: s.Host, Port: s.Port, Security: string(s.Security), VerifyCert: s.VerifyCert, CA: s.CAPEM, User: s.User,
		Stored: s.Password != "", Auth: s.Auth, From: s.From, To: append([]string{}, s.To...), Helo: s.Helo,
		Timeout: s.Timeout.Seconds(), Scope: string(s.Scope), Lang: s.Lang, Version: s.Version,
	}
}

// outboxMail is a mail on its way.
type outboxMail struct {
	ID       int64     `json:"id"`
	To       string    `json:"to"`
	Subject  string    `json:"subject"`
	State    string    `json:"state" enum:"queued,sending,sent,dead"`
	Attempts int       `json:"attempts"`
	Created  time.Time `json:"created"`
	Next     time.Time `json:"next,omitzero"`
	Ended    time.Time `json:"ended,omitzero"`
	Answer   string    `json:"answer,omitempty" doc:"What the server or the network said last"`
}

type mailInput struct{ Body mailSettings }

type mailTestInput struct {
	Body struct {
		Settings *mailSettings `json:"settings,omitempty" doc:"Missing: those in force, stored or of the running configuration"`
		To       string        `json:"to,omitempty" doc:"Missing: the first recipient"`
	}
}

func (r *routes) mail() {
	tags := []string{"Mail"}
	add(r, huma.Operation{
		OperationID: "get-mail", Method: http.MethodGet, Path: "/mail", Summary: "The mail settings", Tags: tags, Errors: []int{404},
	}, func(ctx context.Context, _ *nothing) (*answer[mailSettings], error) {
		s, err := r.Store.MailSettings(ctx)
		return body(mailSettingsOf(s)), missed(err, "no-mail-settings", "")
	})
	add(r, huma.Operation{
		OperationID: "put-mail", Method: http.MethodPut, Path: "/mail", Summary: "Set the mail settings", Tags: tags, Errors: []int{409, 422},
	}, func(ctx context.Context, in *mailInput) (*answer[mailSettings], error) {
		old, err := r.stored(ctx)
		if err != nil {
			return nil, err
		}
		s, err := in.Body.settings(old)
		if err != nil {
			return nil, err
		}
		if err := r.Store.SaveMailSettings(ctx, s); err != nil {
			return nil, err
		}
		s.Version++
		return body(mailSettingsOf(s)), r.Store.Audit(ctx, author(ctx), "mail-settings", s.Host, "", strings.Join(s.To, " "))
	})
	add(r, huma.Operation{
		OperationID: "test-mail", Method: http.MethodPost, Path: "/mail/test", Tags: tags, Errors: []int{404, 422},
		Summary: "Send a test message now and give the SMTP dialogue",
	}, func(ctx context.Context, in *mailTestInput) (*answer[store.Dialogue], error) {
		s, err := r.stored(ctx)
		if err != nil {
			return nil, err
		}
		if in.Body.Settings == nil && s.Version == 0 && r.MailInForce != nil {
			if s, err = r.MailInForce(ctx); err != nil {
				return nil, err
			}
		}
		if in.Body.Settings != nil {
			if s, err = in.Body.Settings.settings(s); err != nil {
				return nil, err
			}
		}
		to := in.Body.To
		if to == "" && len(s.To) > 0 {
			to = s.To[0]
		}
		if to == "" {
			return nil, fault.In("to", "mail-to")
		}
		if err := mailsettings.ValidateRecipient(to); err != nil {
			return nil, err
		}
		if r.TestMail == nil {
			return nil, fault.New(fault.NotFound)
		}
		if err := r.Store.Audit(ctx, author(ctx), "mail-test", s.Host, "", to); err != nil {
			return nil, err
		}
		dialogue, err := r.TestMail(ctx, s, to)
		if err != nil && len(dialogue.Steps) == 0 {
			return nil, &fault.Error{Code: "mail-test", Args: map[string]string{"Reason": err.Error()}, Err: err}
		}
		return body(dialogue), nil
	})
	add(r, huma.Operation{
		OperationID: "list-outbox", Method: http.MethodGet, Path: "/mail/outbox", Summary: "The mails on their way and sent, newest first", Tags: tags,
	}, func(ctx context.Context, in *pageInput) (*answer[[]outboxMail], error) {
		list, err := r.Store.OutboxPage(ctx, in.Before, in.Limit)
		out := make([]outboxMail, 0, len(list))
		for _, m := range list {
			out = append(out, outboxMail{m.ID, m.To, m.Subject, string(m.State), m.Attempts, m.CreatedAt, m.NextAt, m.EndedAt, m.Answer})
		}
		return body(out), err
	})
	add(r, huma.Operation{
		OperationID: "retry-mail", Method: http.MethodPost, Path: "/mail/outbox/{id}/retry", Summary: "Queue a mail again that was given up", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{404},
	}, func(ctx context.Context, in *idInput) (*nothing, error) {
		if err := r.Store.RetryMail(ctx, in.ID); err != nil {
			return nil, numbered(err, "no-mail", in.ID)
		}
		return &nothing{}, r.Store.Audit(ctx, author(ctx), "mail-retried", strconv.FormatInt(in.ID, 10), "", "")
	})
}

// stored are the stored settings, or empty ones.
func (r *routes) stored(ctx context.Context) (store.MailSettings, error) {
	s, err := r.Store.MailSettings(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return store.MailSettings{}, nil
	}
	return s, err
}
