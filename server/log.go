package main

import (
	"io"
	"log/slog"
)

// newLog gives the text log that an operator sees at the terminal.
func newLog(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }
