package web

import (
	"context"
	"io"
	"os"

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
