package change

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"holdfast/assets"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/server/cli"
	"holdfast/server/show"
	"holdfast/server/terminal"
)

// filter selects entries.
type filter struct {
	kind, object string
	limit        uint16
}

// takes says whether an entry is selected: an object is itself and what is below it.
func (f filter) takes(e journal.Entry) bool {
	return (f.kind == "" || string(e.Kind) == f.kind) &&
		(f.object == "" || e.Object == f.object || strings.HasPrefix(e.Object, f.object+"/"))
}

// newEvents shows what happened, as the roles have it: they remember some thousand
// entries each, whether or not a console runs.
func newEvents(e *show.Env, h Host) *cobra.Command {
	d := &desk{Host: h, Env: e}
	var f filter
	var follow bool
	cmd := command(d, "events", 0, 0, func(cmd *cobra.Command, _ []string) error {
		list, ends, err := d.past(cmd.Context())
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(e journal.Entry) bool { return !f.takes(e) })
		if n := len(list) - int(f.limit); n > 0 {
			list = list[n:]
		}
		for _, entry := range list {
			if err := d.print(entry); err != nil {
				return err
			}
		}
		if follow {
			return d.follow(cmd.Context(), ends, f)
		}
		return nil
	})
	d.roleFlags(cmd)
	cmd.Flags().StringVar(&f.kind, "kind", "", "")
	cmd.Flags().StringVar(&f.object, "object", "", "")
	cmd.Flags().Uint16Var(&f.limit, "limit", 50, "")
	cmd.Flags().BoolVar(&follow, "follow", false, "")
	return cmd
}

// errEnd ends the reading of a journal whose newest entry was read.
var errEnd = errors.New("the end")

// past is what both roles remember, in the order of time, and the number of each role's
// newest entry. A role that is away has none; that both are is an error.
func (d *desk) past(ctx context.Context) (all []journal.Entry, ends map[string]uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ends = map[string]uint64{}
	for _, role := range control.Roles {
		client := control.Dial(control.Socket(d.RunDir, role))
		s, err := client.Status(ctx)
		if err != nil {
			continue
		}
		if ends[role] = s.Seq; s.Seq == 0 {
			continue
		}
		err = client.Journal(ctx, 0, func(e journal.Entry) error {
			all = append(all, e)
			if e.Seq >= s.Seq {
				return errEnd
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnd) && !errors.Is(err, io.EOF) {
			return nil, nil, err
		}
	}
	if len(ends) == 0 {
		return nil, nil, cli.Said(d.Env, "status.absent", "Role", "vrrp", "Socket", control.Socket(d.RunDir, "vrrp"))
	}
	slices.SortStableFunc(all, func(a, b journal.Entry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq, b.Seq)) })
	return all, ends, nil
}

// again is the pause before a role that went away is asked again.
const again = time.Second

// follow prints what happens from now on, until ctx ends. A role that is restarted is
// followed on.
func (d *desk) follow(ctx context.Context, ends map[string]uint64, f filter) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var printing sync.Mutex // one line after the other
	var both sync.WaitGroup
	for _, role := range control.Roles {
		both.Go(func() {
			client, last := control.Dial(control.Socket(d.RunDir, role)), ends[role]
			for ctx.Err() == nil {
				client.Journal(ctx, last, func(e journal.Entry) error {
					printing.Lock()
					defer printing.Unlock()
					if last = e.Seq; !f.takes(e) {
						return nil
					}
					err := d.print(e)
					if err != nil {
						cancel(err)
					}
					return err
				})
				pause := time.NewTimer(again)
				select {
				case <-pause.C:
				case <-ctx.Done():
				}
				pause.Stop()
			}
		})
	}
	both.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err // the reader left
	}
	return nil
}

// print writes one entry: a line for people, or a line of JSON.
func (d *desk) print(e journal.Entry) error {
	if d.json {
		return json.NewEncoder(terminal.JSON(d.Out)).Encode(e)
	}
	_, err := fmt.Fprintf(d.Out, "%s  %s\n", e.At.Format("2006-01-02 15:04:05"), assets.Event(d.Lang, string(e.Kind), e.Object, e.Facts))
	return err
}
