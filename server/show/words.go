package show

import (
	"slices"

	"holdfast/assets"
	"holdfast/engine/control"
	"holdfast/engine/model"
)

// Zero is the sentence that says why there is nothing to do: the kernel has it all,
// or it could not be done now.
func Zero(command string, planned control.Planned) string {
	if slices.ContainsFunc(planned.Held, func(h control.Blocked) bool { return h.Object != "" }) {
		return command + ".zero-held"
	}
	return command + ".zero"
}

// Effect is what a word does, and what is lost where it is not acted on.
func Effect(e *Env, d model.Directive) string {
	return assets.Directive(e.Lang, d.ID, d.Loss, d.Instead)
}
