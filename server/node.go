package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// knownNode looks whether the text has lines for a node that the operator named:
// else the node gets none of the lines that tell nodes apart.
func knownNode(e *env, text []byte, node string) error {
	names := conf.Nodes(text)
	if len(names) == 0 || node == "" || slices.Contains(names, node) {
		return nil
	}
	id, args := "node.unknown", map[string]string{"Node": node, "Nodes": strings.Join(names, ", "), "Like": model.Nearest(node, names)}
	if args["Like"] != "" {
		id = "node.unknown-like"
	}
	return errors.New(e.Text(id, args))
}

// warnNode says so where reading goes on.
func warnNode(e *env, text []byte, node string, asked bool) {
	switch err := knownNode(e, text, node); {
	case err == nil:
	case asked:
		fmt.Fprintln(e.Err, "!", err)
	default:
		fmt.Fprintln(e.Err, "!", e.Text("node.none", map[string]string{"Node": node, "Nodes": strings.Join(conf.Nodes(text), ", ")}))
	}
}

// pickNode is the node as which a text is taken in: the one that was asked for; else
// this host, where the text has lines for it or for nobody; else the first one that
// it names, which is said.
func pickNode(e *env, text []byte, node string, asked bool) string {
	names := conf.Nodes(text)
	if asked || len(names) == 0 || slices.Contains(names, node) {
		warnNode(e, text, node, asked)
		return node
	}
	fmt.Fprintln(e.Err, "!", e.Text("node.reader", map[string]string{"Node": node, "As": names[0], "Nodes": strings.Join(names, ", ")}))
	return names[0]
}
