package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"testing/synctest"

	"holdfast/store"
)

func TestADatabaseThatCannotBeWrittenForNowDoesNotEndTheConsole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := slog.New(slog.NewTextHandler(io.Discard, nil))
		damaged := errors.New("no database")
		answers := []error{store.ErrFull, store.ErrReadOnly, store.ErrBusy, damaged}
		err := persist(t.Context(), log, func(context.Context) error {
			err := answers[0]
			answers = answers[1:]
			return fmt.Errorf("append journal: %w", err)
		})
		if !errors.Is(err, damaged) || len(answers) != 0 {
			t.Errorf("ended with %v, %d answers left", err, len(answers))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := persist(ctx, log, func(context.Context) error { return store.ErrFull }); err != nil {
			t.Errorf("ended with %v", err)
		}
	})
}
