package probe

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"holdfast/engine/model"
)

// misc is MISC_CHECK: up if the program exits with 0. With misc_dynamic an exit
// of 2..255 is up too and asks for the weight exit-2; 0 asks for the configured
// weight, and 1 is a failure. A program that cannot be run counts as good, as with
// keepalived: it takes out a check whose program is missing, and its child that cannot
// execute one exits with 0.
func (p *Prober) misc(ctx context.Context, c model.Check) Result {
	exit := p.Program(ctx, c.Command, programLimit(c))
	switch {
	case ctx.Err() != nil:
		return Result{Code: "canceled", Text: "canceled"}
	case exit.Err != nil:
		return Result{Up: true, Code: "not-run", Text: "not run: " + exit.Err.Error(), Args: map[string]string{"error": exit.Err.Error()}, NotRun: exit.Err}
	case exit.TimedOut:
		return Result{
			Code: "timeout", Text: "timed out after " + brief(programLimit(c)),
			Args: map[string]string{"limit": programLimit(c).String()},
		}
	case exit.Signal != "":
		return Result{Code: "signal", Text: "ended by " + exit.Signal, Args: map[string]string{"signal": exit.Signal}}
	}
	r := Result{
		Up: exit.Code == 0, Code: "exit", Text: fmt.Sprint("exit ", exit.Code), answered: true,
		Args: map[string]string{"exit": strconv.Itoa(exit.Code)},
	}
	if c.MiscDynamic && exit.Code >= 2 {
		r.Up = true
		r.Weight = model.Some(exit.Code - 2)
		r.Text += fmt.Sprint(", weight ", exit.Code-2)
	}
	return r
}

// programLimit is misc_timeout, or delay_loop.
func programLimit(c model.Check) time.Duration {
	if c.MiscTimeout.Val > 0 {
		return c.MiscTimeout.Val.Duration()
	}
	return c.Timing.DelayLoop.Val.Duration()
}
