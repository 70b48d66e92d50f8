package mail

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/store"
)

// plan is what mails are made and sent by: where they go, and the router_id
// for their subjects. Host "" in the settings means that there is no mail.
type plan struct {
	settings store.MailSettings
	router   string
}

// settings finds the plan in force. The running configuration is remembered,
// so that mails go on while a role is away.
type settings struct {
	options Options

	mu     sync.Mutex // guards what follows: both collectors and the sender ask
	hash   string     // of the text that global was read from
	global *model.Global
}

func newSettings(o Options) *settings { return &settings{options: o} }

// InForce gives what finds the settings of the running configuration with this scope:
// those by which mails go while none are saved. Host "" in them is: it names no server.
func InForce(runDir, node string, scope store.Scope) func(context.Context) (store.MailSettings, error) {
	return newSettings(Options{RunDir: runDir, Node: node, Scope: scope}).now
}

// read gives the plan in force now. role is asked for the running
// configuration; if it does not answer and no role ever did, that is the error:
// to guess "no mail" would lose one.
func (s *settings) read(ctx context.Context, role string) (plan, error) {
	global, err := s.running(ctx, role)
	if err != nil {
		return plan{}, err
	}
	stored, found, err := s.stored(ctx)
	if err != nil {
		return plan{}, err
	}
	if !found {
		stored = fromConfig(global, s.options.Scope)
	}
	stored.Lang = cmp.Or(stored.Lang, s.options.Lang)
	return plan{stored, cmp.Or(global.RouterID.Val, s.options.Node)}, nil
}

// now is where mails go now. While no configuration was ever read that is
// nowhere yet.
func (s *settings) now(ctx context.Context) (store.MailSettings, error) {
	stored, found, err := s.stored(ctx)
	if err != nil || found {
		return stored, err
	}
	for _, role := range control.Roles {
		if global, err := s.running(ctx, role); err == nil {
			return fromConfig(global, s.options.Scope), nil
		}
	}
	return store.MailSettings{}, ctx.Err()
}

// stored gives the settings an operator saved, if any. Saved to send nothing,
// they may name no server, and overrule the configuration all the same.
func (s *settings) stored(ctx context.Context) (m store.MailSettings, found bool, err error) {
	if !s.options.Stored {
		return m, false, nil
	}
	m, err = s.options.Store.MailSettings(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return m, false, nil
	}
	return m, err == nil && (m.Host != "" || m.Scope == store.ScopeOff), err
}

// askWithin bounds a question to a role: it answers at once or it hangs.
const askWithin = 2 * time.Second

func (s *settings) running(ctx context.Context, role string) (model.Global, error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	text, hash, err := control.Dial(control.Socket(s.options.RunDir, role)).Config(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err != nil && s.global == nil:
		return model.Global{}, fmt.Errorf("read running configuration: %w", err)
	case err == nil && (s.global == nil || hash != s.hash):
		written, _ := model.Parse(role+".conf", []byte(text), model.Facts{Node: s.options.Node})
		global := model.Resolve(written).Global
		s.global, s.hash = &global, hash
	}
	return *s.global, nil
}

// fromConfig makes settings of global_defs: keepalived's plain relay, with
// STARTTLS where it is offered, because an unchecked certificate is still better
// than none.
func fromConfig(g model.Global, scope store.Scope) store.MailSettings {
	if g.SMTPServer.Val.Host == "" || len(g.Emails) == 0 {
		return store.MailSettings{}
	}
	return store.MailSettings{
		Host: g.SMTPServer.Val.Host, Port: int(g.SMTPServer.Val.Port), Security: store.SecurityAuto,
		From: g.EmailFrom.Val, To: g.Emails, Helo: g.SMTPHelo.Val, Timeout: g.SMTPTimeout.Val.Duration(), Scope: scope,
	}
}
