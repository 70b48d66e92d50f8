package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/engine/conf"
	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/server/parent"
	"holdfast/store"
)

func newExport(e *env) *cobra.Command {
	var data, runDir, node, target string
	var running bool
	cmd := &cobra.Command{Use: "export", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		read := func() (string, error) { return stored(cmd.Context(), data) }
		if running {
			read = func() (string, error) {
				text, _, err := control.Dial(filepath.Join(runDir, "vrrp.sock")).Config(cmd.Context())
				return text, err
			}
		}
		text, err := read()
		if err != nil {
			return err
		}
		if text, err = adapt(e, text, node, target); err != nil {
			return err
		}
		_, err = io.WriteString(e.Out, text)
		return err
	}}
	cmd.Flags().StringVar(&data, "data", defaultData, "")
	cmd.Flags().StringVar(&runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().StringVar(&node, "node", "", "")
	cmd.Flags().StringVar(&target, "target", "", "")
	cmd.Flags().BoolVar(&running, "running", false, "")
	return cmd
}

// stored is the text of the newest revision.
func stored(ctx context.Context, data string) (string, error) {
	s, err := store.Open(ctx, parent.DatabaseDir(data))
	if err != nil {
		return "", err
	}
	defer s.Close()
	head, err := s.Head(ctx)
	return string(head.Text), err
}

// oldTarget is the keepalived whose words are told from those of later ones.
const oldTarget = "2.2.7"

// adapt gives the text as it is asked for: for one node with the lines of the
// others left out and definitions carried out, or for an older keepalived in
// canonical form, without the words it does not know. Asked for neither, the
// text comes back byte for byte.
func adapt(e *env, text, node, target string) (string, error) {
	switch target {
	case "":
		if node == "" {
			return text, nil
		}
		return conf.Expand("keepalived.conf", []byte(text), conf.Options{Node: node}).Text, nil
	case oldTarget:
	default:
		return "", exitError{code: exitUsage, err: errors.New(e.Text("export.targets", map[string]string{"Value": target, "Target": oldTarget}))}
	}
	if node == "" {
		node = hostName()
	}
	c, findings := model.Parse("keepalived.conf", []byte(text), model.Facts{Node: node})
	if model.Failed(findings) {
		return "", errors.New(e.Text("fmt.refused", nil))
	}
	c, left := model.Older(c)
	if len(left) > 0 {
		fmt.Fprintln(e.Err, e.Text("export.left", map[string]string{"Target": target, "Words": strings.Join(left, ", ")}))
	}
	return model.Print(c), nil
}
