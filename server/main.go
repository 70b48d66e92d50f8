package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"holdfast/assets"
	"holdfast/server/cli"
	"holdfast/server/show"
	"holdfast/server/terminal"
)

// env is what every command gets.
type env = show.Env

// The exit codes, and the errors that name them.
const (
	exitFailed = cli.Failed
	exitUsage  = cli.Wrong
)

type exitError = cli.Exit

// The checks of arguments that the commands here share with those of other packages.
var (
	oneFile, files, noArguments, needs = cli.OneFile, cli.Files, cli.NoArguments, cli.Needs
	usage                              = cli.Usage
)

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
	lang, _ := askedLanguage(args)
	var err error
	if assets.Knows(lang) {
		err = root.ExecuteContext(context.Background())
	} else {
		err = usage(e, "cli.lang-unknown", "lang", lang, "known", strings.Join(assets.Langs, ", "))
	}
	if words := root.Annotations[unknownCommand]; err == nil && words != "" {
		err = errors.New(words)
	}
	if err == nil {
		return 0
	}
	code := exitUsage
	var exit exitError
	if errors.As(err, &exit) {
		code = exit.Code
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
	if v, asked := askedLanguage(args); asked {
		return assets.Lang(v)
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			return assets.Lang(v)
		}
	}
	return assets.Langs[0]
}

// askedLanguage is the value of --lang, if it is there.
func askedLanguage(args []string) (lang string, asked bool) {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return v, true
		}
		if a == "--lang" && i+1 < len(args) {
			return args[i+1], true
		}
		if a == "--" {
			break
		}
	}
	return "", false
}
