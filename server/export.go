package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"holdfast/engine/control"
	"holdfast/engine/facts"
	"holdfast/engine/model"
	"holdfast/server/parent"
	"holdfast/store"
)

// newExport is the command that gives back what is kept, what runs, or a file, as
// a keepalived.conf.
func newExport(e *env) *cobra.Command {
	var data, runDir string
	var running bool
	var f format
	cmd := &cobra.Command{Use: "export [FILE]", Args: files(e, 0, 1), RunE: func(cmd *cobra.Command, args []string) error {
		if err := f.check(e); err != nil {
			return err
		}
		var known model.Facts
		read := func() (string, string, error) { return stored(cmd.Context(), e, data) }
		switch {
		case len(args) == 1 && running:
			return usage(e, "export.file-or-running", "File", args[0])
		case len(args) == 1:
			known = facts.Reading("")
			read = func() (string, string, error) {
				text, err := readText(e, args[0])
				if err == nil {
					err = whole(e, args[0], text)
				}
				return args[0], string(text), err
			}
		case running:
			read = func() (string, string, error) {
				text, _, err := control.Dial(control.Socket(runDir, "vrrp")).Config(cmd.Context())
				return e.Text("export.running", nil), text, err
			}
		}
		name, text, err := read()
		if err != nil {
			return err
		}
		if f.node != "" || f.meant() {
			node := f.node
			if node == "" {
				node = hostName()
				warnNode(e, []byte(text), node, false)
			} else if err := knownNode(e, []byte(text), node); err != nil {
				return err
			}
			known.Node = node
			if text, err = f.of(e, name, []byte(text), known); err != nil {
				return err
			}
		}
		_, err = io.WriteString(e.Out, text)
		return err
	}}
	cmd.Flags().StringVar(&data, "data", defaultData, "")
	cmd.Flags().StringVar(&runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().BoolVar(&running, "running", false, "")
	f.flags(cmd.Flags(), "")
	return cmd
}

// stored is the text of the newest revision, and what to call it.
func stored(ctx context.Context, e *env, data string) (name, text string, err error) {
	nothing := errors.New(e.Text("export.nothing", map[string]string{"Data": data}))
	if _, err := os.Stat(parent.DatabaseDir(data)); errors.Is(err, fs.ErrNotExist) {
		return "", "", nothing // opening would make it
	}
	s, err := openDatabase(ctx, data)
	if err != nil {
		return "", "", err
	}
	defer s.Close()
	head, err := s.Head(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return "", "", nothing
	}
	return e.Text("export.revision", map[string]string{"Number": strconv.FormatInt(head.Number, 10)}), string(head.Text), err
}
