package web

import (
	"context"
	"fmt"
	"io"
	"os"

	"holdfast/assets"
	"holdfast/store"
)

// announceOnce prints the setup link. A console that dies and comes back prints no new
// one for the reader of the journal, as long as the one before is good; to a terminal
// it does, since the person there may have lost it.
func announceOnce(ctx context.Context, opt Options, c *console) error {
	if !terminal(opt.Out) {
		good, err := opt.Store.HasSetupToken(ctx)
		if err != nil {
			return err
		}
		if good {
			opt.Log.Info("nobody has an account yet; the setup link that was printed before is still good, and a start after its end prints another", "valid", store.SetupTTL.String())
			return nil
		}
	}
	return announce(ctx, opt, c)
}

// sayWhere ends what a start says with where the console is.
func sayWhere(opt Options) error {
	_, err := fmt.Fprintln(opt.out(), where(opt.Lang, opt.origin(), terminal(opt.Out)))
	return err
}

// where is the line that says so. A person at a terminal learns how to stop it, too.
func where(lang, origin string, person bool) string {
	id := "cli.console-at"
	if person {
		id = "cli.console-at-terminal"
	}
	return assets.Text(assets.Lang(lang), id, map[string]string{"url": origin})
}

// origin is where browsers reach the console.
func (o Options) origin() string {
	if o.Behind != nil {
		return o.Behind.Origin.String()
	}
	return "http://" + reachable(o.Listener.Addr())
}

// out is where the lines for the operator go.
func (o Options) out() io.Writer {
	if o.Out == nil {
		return os.Stdout
	}
	return o.Out
}

// terminal says whether a person reads out; nil is the standard output.
func terminal(out io.Writer) bool {
	if out == nil {
		out = os.Stdout
	}
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
