package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"

	"holdfast/engine/conf"
	"holdfast/engine/model"
	"holdfast/engine/policy"
	"holdfast/store"
)

// keep makes a text the newest revision, unless it is that already, and says so.
func keep(ctx context.Context, e *env, text []byte, data, from string) error {
	kept, err := commit(ctx, e, text, data, from)
	if err != nil {
		return err
	}
	id := "import.done"
	if kept.same {
		id = "import.same"
	}
	_, err = fmt.Fprintln(e.Out, e.Text(id, map[string]string{"Number": strconv.FormatInt(kept.number, 10)}))
	return err
}

// kept is the revision that has a text; same says that it had it already.
type kept struct {
	number int64
	same   bool
}

func commit(ctx context.Context, e *env, text []byte, data, from string) (kept, error) {
	if err := vouch(text, data); err != nil {
		return kept{}, err
	}
	who := author()
	s, err := openDatabase(ctx, data)
	if err != nil {
		return kept{}, err
	}
	defer s.Close()
	head, err := s.Head(ctx)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return kept{}, err
	}
	if head.Hash == model.Hash(text) {
		return kept{head.Number, true}, nil
	}
	r, err := s.Commit(ctx, text, head.Hash, who, e.Text("import.note", map[string]string{"File": from}))
	return kept{r.Number, false}, err
}

// vouch notes, where root imports, that the programs of the text may be run, also as
// root, when the console applies it. Only root writes to the state directory.
func vouch(text []byte, data string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	dir := filepath.Join(data, "state")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, node := range append(conf.Nodes(text), hostName()) {
		cfg, _ := model.Parse("imported.conf", text, localFacts(node))
		if err := (policy.Policy{}).Vouch(dir, policy.Imported, model.Resolve(cfg)); err != nil {
			return err
		}
	}
	return nil
}

// author is who imports: the account this process runs under.
func author() string {
	u, err := user.Current()
	if err != nil {
		return strconv.Itoa(os.Getuid())
	}
	return u.Username
}
