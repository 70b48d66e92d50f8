package show

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"holdfast/engine/control"
	"holdfast/engine/kit"
)

// PrintKit prints the script that readies the real servers of a service, or one of them:
// args are its name and that of a server.
func PrintKit(ctx context.Context, e *Env, runDir string, args []string, form string, undo bool) error {
	f, err := control.Dial(control.Socket(runDir, "lvs")).Forwarding(ctx, args[0])
	if err != nil {
		return unanswered(e, runDir, err)
	}
	server := strings.Join(args[1:], "")
	if !kit.Has(f, server) {
		return errors.New(e.Text("kit.no-server", map[string]string{"virtual": f.Virtual, "server": server}))
	}
	text, err := kit.Script(kit.Of(f, server), form, undo, func(id string) string { return e.Text(id, nil) })
	if code := kit.Code(err); code != "" {
		return errors.New(e.Text("kit."+code, map[string]string{"virtual": f.Virtual, "form": form, "forms": strings.Join(kit.Forms, ", ")}))
	}
	fmt.Fprint(e.Out, text)
	return err
}

// PrintVerified asks the real servers of a service, or one of them, whether they are ready,
// and prints what came of it. all says whether they are.
func PrintVerified(ctx context.Context, e *Env, runDir string, args []string, asJSON bool) (all bool, err error) {
	v, err := control.Dial(control.Socket(runDir, "lvs")).Verify(ctx, control.VerifyRequest{Virtual: args[0], Server: strings.Join(args[1:], "")})
	if err != nil {
		return false, unanswered(e, runDir, err)
	}
	all = true
	for _, one := range v.List {
		all = all && one.Good
	}
	if asJSON {
		return all, Encode(e, v)
	}
	_, err = fmt.Fprint(e.Out, VerifiedText(e, v))
	return all, err
}

// VerifiedText is what was found out about real servers, one a line.
func VerifiedText(e *Env, v control.Verified) string {
	var b strings.Builder
	for _, one := range v.List {
		mark := "!"
		if one.Good {
			mark = "+"
		}
		fmt.Fprintf(&b, "%s %s (%s): %s\n", mark, one.Server, one.Address, e.Text("verify."+one.Code, one.Facts()))
	}
	return b.String()
}
