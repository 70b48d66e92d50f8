package main

import (
	"context"
	"errors"
	"fmt"
	"holdfast/server/terminal"
	"os"
	"strings"

	"holdfast/assets"
	"holdfast/server/show"
)

// env is what every command gets.
type env = show.Env

// The exit codes.
const (
	exitFailed = 1 // the operation was refused or failed
	exitUsage  = 2 // the command was not understood
)

// exitError is an error that names its exit code. With no err inside, all that
// is to be said was said.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e exitError) Unwrap() error { return e.err }

func main() {
	e := &env{Lang: language(os.Args[1:], os.Getenv), Out: os.Stdout, Err: os.Stderr, Version: buildVersion()}
	if answersAs(e, os.Args[0], os.Args[1:]) {
		return
	}
	os.Exit(execute(e, os.Args[1:]))
}

// execute runs one command line and gives its exit code.
func execute(e *env, args []string) int {
	root := newRoot(e)
	root.SetArgs(args)
	err := root.ExecuteContext(context.Background())
	if err == nil {
		return 0
	}
	code := exitUsage
	var exit exitError
	if errors.As(err, &exit) {
		code = exit.code
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(terminal.Safe(e.Err), "holdfast:", text) // it may repeat any word
	}
	if code == exitUsage {
		fmt.Fprintln(e.Err, e.Text("cli.usage-hint", nil))
	}
	return code
}

// language finds the reader's language before any flag is parsed, since the
// help texts are built with it: --lang, else what the locale says about messages.
func language(args []string, getenv func(string) string) string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return assets.Lang(v)
		}
		if a == "--lang" && i+1 < len(args) {
			return assets.Lang(args[i+1])
		}
		if a == "--" {
			break
		}
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			return assets.Lang(v)
		}
	}
	return assets.Langs[0]
}
