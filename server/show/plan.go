package show

import (
	"fmt"

	"holdfast/assets"
	"holdfast/engine/control"
)

// printForecast says what would become of the addresses.
func printForecast(e *Env, planned control.Planned) {
	if planned.Foretold && len(planned.Forecast) == 0 {
		fmt.Fprintln(e.Err, "#", e.Text("plan.no-move", nil))
	}
	for _, f := range planned.Forecast {
		fmt.Fprintln(e.Err, "#", f.Object+":", assets.Forecast(e.Lang, f.Code, f.Cause, f.Facts()))
	}
}

// PrintPlan writes the lines where a shell can take them, and what is held back
// beside them. That there is nothing to do is said there, too.
func PrintPlan(e *Env, planned control.Planned) error {
	for _, h := range planned.Held {
		fmt.Fprintln(e.Err, "#", e.Text("held."+h.Code, h.Args))
	}
	for _, w := range planned.Warnings {
		fmt.Fprintln(e.Err, "#", e.Text("notice."+w.Code, w.Args))
	}
	printForecast(e, planned)
	if len(planned.Lines) == 0 {
		fmt.Fprintln(e.Err, "#", e.Text(Zero("plan", planned), nil))
	}
	for _, line := range planned.Lines {
		if _, err := fmt.Fprintln(e.Out, line); err != nil {
			return err
		}
	}
	return nil
}
