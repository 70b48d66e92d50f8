package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the linker (-X main.version=…); without it the build's own
// record of the commit stands in.
var version string

func newVersion(e *env) *cobra.Command {
	return &cobra.Command{Use: "version", Args: noArguments(e), RunE: func(*cobra.Command, []string) error { return printVersion(e) }}
}

func printVersion(e *env) error {
	_, err := fmt.Fprintf(e.Out, "holdfast %s %s/%s %s\n", e.Version, runtime.GOOS, runtime.GOARCH, runtime.Version())
	return err
}

func buildVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	commit, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			commit = s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+changes"
		}
	}
	if commit != "" {
		return commit + dirty
	}
	return "unreleased"
}
