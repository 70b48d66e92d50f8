package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"holdfast/engine/model"
	"holdfast/server/parent"
	"holdfast/store"
)

func newImport(e *env) *cobra.Command {
	var data, node, runDir string
	var explained bool
	var nodes []string
	cmd := &cobra.Command{Use: "import FILE [FILE]", Args: cobra.RangeArgs(1, 2), RunE: func(cmd *cobra.Command, args []string) error {
		switch {
		case explained && len(args) == 1:
			return explain(e, args[0], node, runDir)
		case explained:
			return exitError{code: exitUsage, err: errors.New(e.Text("explain.one-file", nil))}
		case len(args) == 2:
			return importPair(cmd.Context(), e, args, nodes, data)
		}
		return importFile(cmd.Context(), e, args[0], data, node)
	}}
	cmd.Flags().StringVar(&data, "data", defaultData, "")
	cmd.Flags().StringVar(&node, "node", hostName(), "")
	cmd.Flags().StringVar(&runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().BoolVar(&explained, "explain", false, "")
	cmd.Flags().StringSliceVar(&nodes, "nodes", nil, "")
	return cmd
}

// importFile makes a file the newest revision, byte for byte (in one piece, if it
// includes others). It applies nothing: that is the operator's next step, in the
// console.
func importFile(ctx context.Context, e *env, file, data, node string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	_, findings := model.Parse(file, text, localFacts(node))
	count := map[model.Severity]int{}
	for _, f := range findings {
		count[f.Severity]++
	}
	if err := printFindings(e, file, findings, count); err != nil {
		return err
	}
	if model.Failed(findings) {
		return errors.New(e.Text("import.refused", nil))
	}
	if one := flat(file, text, node); !bytes.Equal(one, text) {
		text = one
		fmt.Fprintln(e.Out, e.Text("import.flat", nil))
	}
	return keep(ctx, e, text, data, filepath.Base(file))
}

// keep makes a text the newest revision, unless it is that already.
func keep(ctx context.Context, e *env, text []byte, data, from string) error {
	s, err := store.Open(ctx, parent.DatabaseDir(data))
	if err != nil {
		return err
	}
	defer s.Close()
	head, err := s.Head(ctx)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if head.Hash == model.Hash(text) {
		_, err = fmt.Fprintln(e.Out, e.Text("import.same", map[string]string{"Number": strconv.FormatInt(head.Number, 10)}))
		return err
	}
	r, err := s.Commit(ctx, text, head.Hash, author(), e.Text("import.note", map[string]string{"File": from}))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.Out, e.Text("import.done", map[string]string{"Number": strconv.FormatInt(r.Number, 10)}))
	return err
}

// author is who imports: the account this process runs under.
func author() string {
	u, err := user.Current()
	if err != nil {
		return strconv.Itoa(os.Getuid())
	}
	return u.Username
}
