package engine

import (
	"context"
	"errors"
)

// ErrEnded says that the role's loop has ended and answers no more.
var ErrEnded = errors.New("the role has ended")

// Ask puts a question into a loop's inbox and waits for the reply, which may come
// later. put makes the input of the loop that carries the question and replies
// once; ErrEnded where the loop has ended before it could.
func Ask[In, T any](ctx context.Context, inbox chan<- In, ended <-chan struct{}, put func(reply func(T, error)) In) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1) // the loop never waits for a caller that left
	question := put(func(value T, err error) { answers <- answer{value, err} })
	var nothing T
	select {
	case inbox <- question:
	case <-ended:
		return nothing, ErrEnded
	case <-ctx.Done():
		return nothing, ctx.Err()
	}
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ended:
		select {
		case a := <-answers: // it was the last thing the loop did
			return a.value, a.err
		default:
			return nothing, ErrEnded
		}
	case <-ctx.Done():
		return nothing, ctx.Err()
	}
}

// AwaitEnd waits for the end of a loop.
func AwaitEnd(ctx context.Context, ended <-chan struct{}) error {
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
